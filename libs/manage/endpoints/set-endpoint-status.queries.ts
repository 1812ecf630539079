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

const setEndpointStatusIR: any = {"usedParamSet":{"publicId":true,"tenant":true,"status":true,"reason":true,"subject":true,"by":true},"params":[{"name":"publicId","required":true,"transform":{"type":"scalar"},"locs":[{"a":78,"b":87}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":102,"b":109}]},{"name":"status","required":true,"transform":{"type":"scalar"},"locs":[{"a":152,"b":159},{"a":207,"b":214},{"a":317,"b":324},{"a":698,"b":704}]},{"name":"reason","required":false,"transform":{"type":"scalar"},"locs":[{"a":360,"b":366}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":754,"b":762},{"a":996,"b":1004},{"a":1038,"b":1046}]},{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":796,"b":799}]}],"statement":"with before as (\n  select id, status\n  from endpoints\n  where\n    public_id = :publicId! and tenant = :tenant! and deleted_at is null\n    and status <> :status!::endpoint_status and (status <> 'disabled' or :status!::endpoint_status = 'active')\n  for no key update\n),\nchanged as (\n  update endpoints p\n  set status = :status!::endpoint_status, status_reason = :reason, updated_at = now()\n  from before b\n  where p.id = b.id\n  returning p.id, p.tenant, b.status = 'disabled' and p.status = 'active' as recovered\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject)\n  select tenant, by.type, by.id, by.name, by.\"requestId\", 'endpoint.' || case :status when 'active' then 'resumed' else 'paused' end, :subject!\n  from changed, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n),\ntold as (\n  insert into operational_events (tenant, type, entity, data)\n  select c.tenant, 'lockstep.endpoint.recovered', :subject!, jsonb_build_object('endpoint', :subject!::text, 'reason', 'resumed')\n  from changed c\n  where\n    c.recovered\n    and exists (\n      select\n      from operational_subscriptions s\n      where s.tenant = c.tenant and s.endpoint <> c.id and s.event_types && event_type_patterns('lockstep.endpoint.recovered')\n    )\n)\ninsert into dispatch_outbox (tenant, shard, topic, value)\nselect tenant, shard, 'control', convert_to(format('{\"kind\":\"endpoint_changed\",\"endpoint\":%s}', id), 'UTF8')\nfrom changed, generate_series(0, (select shards from installation) - 1) as shard"};

/**
 * Query generated from SQL:
 * ```
 * with before as (
 *   select id, status
 *   from endpoints
 *   where
 *     public_id = :publicId! and tenant = :tenant! and deleted_at is null
 *     and status <> :status!::endpoint_status and (status <> 'disabled' or :status!::endpoint_status = 'active')
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


