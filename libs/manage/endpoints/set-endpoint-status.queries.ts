/** Types generated for queries found in "libs/manage/endpoints/set-endpoint-status.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type endpoint_status = 'active' | 'disabled' | 'paused';

/** 'SetEndpointStatus' parameters type */
export interface ISetEndpointStatusParams {
  actor: string;
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

const setEndpointStatusIR: any = {"usedParamSet":{"status":true,"reason":true,"publicId":true,"tenant":true,"actor":true,"subject":true},"params":[{"name":"status","required":true,"transform":{"type":"scalar"},"locs":[{"a":52,"b":59},{"a":213,"b":220},{"a":381,"b":387}]},{"name":"reason","required":false,"transform":{"type":"scalar"},"locs":[{"a":95,"b":101}]},{"name":"publicId","required":true,"transform":{"type":"scalar"},"locs":[{"a":143,"b":152}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":167,"b":174}]},{"name":"actor","required":true,"transform":{"type":"scalar"},"locs":[{"a":352,"b":358}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":437,"b":445}]}],"statement":"with changed as (\n  update endpoints\n  set status = :status!::endpoint_status, status_reason = :reason, updated_at = now()\n  where public_id = :publicId! and tenant = :tenant! and deleted_at is null and status <> :status!::endpoint_status\n  returning id, tenant\n),\naudited as (\n  insert into audit_log (tenant, actor, action, subject)\n  select tenant, :actor!, 'endpoint.' || case :status when 'active' then 'resumed' else 'paused' end, :subject! from changed\n)\ninsert into dispatch_outbox (tenant, shard, topic, value)\nselect tenant, shard, 'control', convert_to(format('{\"kind\":\"endpoint_changed\",\"endpoint\":%s}', id), 'UTF8')\nfrom changed, generate_series(0, (select shards from installation) - 1) as shard"};

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
 *   insert into audit_log (tenant, actor, action, subject)
 *   select tenant, :actor!, 'endpoint.' || case :status when 'active' then 'resumed' else 'paused' end, :subject! from changed
 * )
 * insert into dispatch_outbox (tenant, shard, topic, value)
 * select tenant, shard, 'control', convert_to(format('{"kind":"endpoint_changed","endpoint":%s}', id), 'UTF8')
 * from changed, generate_series(0, (select shards from installation) - 1) as shard
 * ```
 */
export const setEndpointStatus = new PreparedQuery<ISetEndpointStatusParams,ISetEndpointStatusResult>(setEndpointStatusIR);


