/** Types generated for queries found in "libs/upkeep/delete-expired-api-keys.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type stringArray = (string)[];

/** 'DeleteExpiredApiKeys' parameters type */
export interface IDeleteExpiredApiKeysParams {
  places: stringArray;
}

/** 'DeleteExpiredApiKeys' return type */
export interface IDeleteExpiredApiKeysResult {
  deleted: number;
}

/** 'DeleteExpiredApiKeys' query type */
export interface IDeleteExpiredApiKeysQuery {
  params: IDeleteExpiredApiKeysParams;
  result: IDeleteExpiredApiKeysResult;
}

const deleteExpiredApiKeysIR: any = {"usedParamSet":{"places":true},"params":[{"name":"places","required":true,"transform":{"type":"scalar"},"locs":[{"a":80,"b":87}]}],"statement":"with expired as materialized (\n  select ctid\n  from api_keys\n  where ctid = any(:places!::text[]::tid[]) and revoked_at < (select audit_expiry())\n  for update skip locked\n),\ndeleted as (\n  delete from api_keys\n  where ctid = any(array(select ctid from expired))\n  returning 1\n)\nselect count(*)::integer as \"deleted!\" from deleted"};

/**
 * Query generated from SQL:
 * ```
 * with expired as materialized (
 *   select ctid
 *   from api_keys
 *   where ctid = any(:places!::text[]::tid[]) and revoked_at < (select audit_expiry())
 *   for update skip locked
 * ),
 * deleted as (
 *   delete from api_keys
 *   where ctid = any(array(select ctid from expired))
 *   returning 1
 * )
 * select count(*)::integer as "deleted!" from deleted
 * ```
 */
export const deleteExpiredApiKeys = new PreparedQuery<IDeleteExpiredApiKeysParams,IDeleteExpiredApiKeysResult>(deleteExpiredApiKeysIR);


