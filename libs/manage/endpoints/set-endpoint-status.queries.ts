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

const setEndpointStatusIR: any = {"usedParamSet":{"status":true,"reason":true,"publicId":true,"tenant":true,"subject":true,"by":true},"params":[{"name":"status","required":true,"transform":{"type":"scalar"},"locs":[{"a":52,"b":59},{"a":213,"b":220},{"a":449,"b":455}]},{"name":"reason","required":false,"transform":{"type":"scalar"},"locs":[{"a":95,"b":101}]},{"name":"publicId","required":true,"transform":{"type":"scalar"},"locs":[{"a":143,"b":152}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":167,"b":174}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":505,"b":513}]},{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":547,"b":550}]}],"statement":"with changed as (\n  update endpoints\n  set status = :status!::endpoint_status, status_reason = :reason, updated_at = now()\n  where public_id = :publicId! and tenant = :tenant! and deleted_at is null and status <> :status!::endpoint_status\n  returning id, tenant\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject)\n  select tenant, by.type, by.id, by.name, by.\"requestId\", 'endpoint.' || case :status when 'active' then 'resumed' else 'paused' end, :subject!\n  from changed, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n)\ninsert into dispatch_outbox (tenant, shard, topic, value)\nselect tenant, shard, 'control', convert_to(format('{\"kind\":\"endpoint_changed\",\"endpoint\":%s}', id), 'UTF8')\nfrom changed, generate_series(0, (select shards from installation) - 1) as shard"};

/**
 * Query generated from SQL:
 * ```
 * with changed as (
 *   update endpoints
 *   set status = :status!::endpoint_status, status_reason = :reason, updated_at = now()
 *   where public_id = :publicId! and tenant = :tenant! and deleted_at is null and status <> :status!::endpoint_status
 *   returning id, tenant
 * ),
 * audited as (
 *   insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject)
 *   select tenant, by.type, by.id, by.name, by."requestId", 'endpoint.' || case :status when 'active' then 'resumed' else 'paused' end, :subject!
 *   from changed, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
 * )
 * insert into dispatch_outbox (tenant, shard, topic, value)
 * select tenant, shard, 'control', convert_to(format('{"kind":"endpoint_changed","endpoint":%s}', id), 'UTF8')
 * from changed, generate_series(0, (select shards from installation) - 1) as shard
 * ```
 */
export const setEndpointStatus = new PreparedQuery<ISetEndpointStatusParams,ISetEndpointStatusResult>(setEndpointStatusIR);


