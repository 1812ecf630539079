/** Types generated for queries found in "libs/manage/endpoints/delete-endpoint.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'DeleteEndpoint' parameters type */
export interface IDeleteEndpointParams {
  by: string;
  publicId: string;
  subject: string;
  tenant: string;
}

/** 'DeleteEndpoint' return type */
export interface IDeleteEndpointResult {
  deleted: boolean | null;
}

/** 'DeleteEndpoint' query type */
export interface IDeleteEndpointQuery {
  params: IDeleteEndpointParams;
  result: IDeleteEndpointResult;
}

const deleteEndpointIR: any = {"usedParamSet":{"publicId":true,"tenant":true,"subject":true,"by":true},"params":[{"name":"publicId","required":true,"transform":{"type":"scalar"},"locs":[{"a":102,"b":111}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":126,"b":133}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":368,"b":376}]},{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":410,"b":413}]}],"statement":"with deleted as (\n  update endpoints\n  set deleted_at = now(), updated_at = now()\n  where public_id = :publicId! and tenant = :tenant! and deleted_at is null\n  returning id, tenant\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject)\n  select tenant, by.type, by.id, by.name, by.\"requestId\", 'endpoint.deleted', :subject!\n  from deleted, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n),\nunlimited as (\n  delete from token_buckets where id in (select 'endpoint/' || id from deleted)\n),\nnudged as (\n  insert into dispatch_outbox (tenant, shard, topic, value)\n  select tenant, shard, 'control', convert_to(format('{\"kind\":\"endpoint_changed\",\"endpoint\":%s}', id), 'UTF8')\n  from deleted, generate_series(0, (select shards from installation) - 1) as shard\n)\nselect true as \"deleted\" from deleted"};

/**
 * Query generated from SQL:
 * ```
 * with deleted as (
 *   update endpoints
 *   set deleted_at = now(), updated_at = now()
 *   where public_id = :publicId! and tenant = :tenant! and deleted_at is null
 *   returning id, tenant
 * ),
 * audited as (
 *   insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject)
 *   select tenant, by.type, by.id, by.name, by."requestId", 'endpoint.deleted', :subject!
 *   from deleted, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
 * ),
 * unlimited as (
 *   delete from token_buckets where id in (select 'endpoint/' || id from deleted)
 * ),
 * nudged as (
 *   insert into dispatch_outbox (tenant, shard, topic, value)
 *   select tenant, shard, 'control', convert_to(format('{"kind":"endpoint_changed","endpoint":%s}', id), 'UTF8')
 *   from deleted, generate_series(0, (select shards from installation) - 1) as shard
 * )
 * select true as "deleted" from deleted
 * ```
 */
export const deleteEndpoint = new PreparedQuery<IDeleteEndpointParams,IDeleteEndpointResult>(deleteEndpointIR);


