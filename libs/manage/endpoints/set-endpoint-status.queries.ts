/** Types generated for queries found in "libs/manage/endpoints/set-endpoint-status.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type endpoint_status = 'active' | 'disabled' | 'paused';

/** 'SetEndpointStatus' parameters type */
export interface ISetEndpointStatusParams {
  by: string;
  publicId: string;
  reason?: string | null | void;
  status: endpoint_status;
  subject: string;
  tenant: string;
}

/** 'SetEndpointStatus' return type */
export type ISetEndpointStatusResult = void;

/** 'SetEndpointStatus' query type */
export interface ISetEndpointStatusQuery {
  params: ISetEndpointStatusParams;
  result: ISetEndpointStatusResult;
}

const setEndpointStatusIR: any = {"usedParamSet":{"publicId":true,"tenant":true,"status":true,"reason":true,"subject":true,"by":true},"params":[{"name":"publicId","required":true,"transform":{"type":"scalar"},"locs":[{"a":74,"b":83}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":98,"b":105}]},{"name":"status","required":true,"transform":{"type":"scalar"},"locs":[{"a":144,"b":151},{"a":242,"b":249},{"a":623,"b":629}]},{"name":"reason","required":false,"transform":{"type":"scalar"},"locs":[{"a":285,"b":291}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":679,"b":687},{"a":921,"b":929},{"a":963,"b":971}]},{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":721,"b":724}]}],"statement":"with before as (\n  select id, status\n  from endpoints\n  where public_id = :publicId! and tenant = :tenant! and deleted_at is null and status <> :status!::endpoint_status\n  for no key update\n),\nchanged as (\n  update endpoints p\n  set status = :status!::endpoint_status, status_reason = :reason, updated_at = now()\n  from before b\n  where p.id = b.id\n  returning p.id, p.tenant, b.status = 'disabled' and p.status = 'active' as recovered\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject)\n  select tenant, by.type, by.id, by.name, by.\"requestId\", 'endpoint.' || case :status when 'active' then 'resumed' else 'paused' end, :subject!\n  from changed, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n),\ntold as (\n  insert into operational_events (tenant, type, entity, data)\n  select c.tenant, 'lockstep.endpoint.recovered', :subject!, jsonb_build_object('endpoint', :subject!::text, 'reason', 'resumed')\n  from changed c\n  where\n    c.recovered\n    and exists (\n      select\n      from operational_subscriptions s\n      where s.tenant = c.tenant and s.endpoint <> c.id and s.event_types && event_type_patterns('lockstep.endpoint.recovered')\n    )\n)\ninsert into dispatch_outbox (tenant, shard, topic, value)\nselect tenant, shard, 'control', convert_to(format('{\"kind\":\"endpoint_changed\",\"endpoint\":%s}', id), 'UTF8')\nfrom changed, generate_series(0, (select shards from installation) - 1) as shard"};

/**
 * Query generated from SQL:
 * ```
 * with before as (
 *   select id, status
 *   from endpoints
 *   where public_id = :publicId! and tenant = :tenant! and deleted_at is null and status <> :status!::endpoint_status
 *   for no key update
 * ),
 * changed as (
 *   update endpoints p
 *   set status = :status!::endpoint_status, status_reason = :reason, updated_at = now()
 *   from before b
 *   where p.id = b.id
 *   returning p.id, p.tenant, b.status = 'disabled' and p.status = 'active' as recovered
 * ),
 * audited as (
 *   insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject)
 *   select tenant, by.type, by.id, by.name, by."requestId", 'endpoint.' || case :status when 'active' then 'resumed' else 'paused' end, :subject!
 *   from changed, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
 * ),
 * told as (
 *   insert into operational_events (tenant, type, entity, data)
 *   select c.tenant, 'lockstep.endpoint.recovered', :subject!, jsonb_build_object('endpoint', :subject!::text, 'reason', 'resumed')
 *   from changed c
 *   where
 *     c.recovered
 *     and exists (
 *       select
 *       from operational_subscriptions s
 *       where s.tenant = c.tenant and s.endpoint <> c.id and s.event_types && event_type_patterns('lockstep.endpoint.recovered')
 *     )
 * )
 * insert into dispatch_outbox (tenant, shard, topic, value)
 * select tenant, shard, 'control', convert_to(format('{"kind":"endpoint_changed","endpoint":%s}', id), 'UTF8')
 * from changed, generate_series(0, (select shards from installation) - 1) as shard
 * ```
 */
export const setEndpointStatus = new PreparedQuery<ISetEndpointStatusParams,ISetEndpointStatusResult>(setEndpointStatusIR);


