/** Types generated for queries found in "libs/upkeep/delete-expired-keys.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type stringArray = (string)[];

/** 'DeleteExpiredKeys' parameters type */
export interface IDeleteExpiredKeysParams {
  places: stringArray;
}

/** 'DeleteExpiredKeys' return type */
export interface IDeleteExpiredKeysResult {
  deleted: number;
}

/** 'DeleteExpiredKeys' query type */
export interface IDeleteExpiredKeysQuery {
  params: IDeleteExpiredKeysParams;
  result: IDeleteExpiredKeysResult;
}

const deleteExpiredKeysIR: any = {"usedParamSet":{"places":true},"params":[{"name":"places","required":true,"transform":{"type":"scalar"},"locs":[{"a":88,"b":95}]}],"statement":"with expired as materialized (\n  select ctid\n  from idempotency_keys\n  where ctid = any(:places!::text[]::tid[]) and expires_at <= now()\n  for update skip locked\n),\ndeleted as (\n  delete from idempotency_keys\n  where ctid = any(array(select ctid from expired)) and expires_at <= now()\n  returning 1\n)\nselect count(*)::integer as \"deleted!\" from deleted"};

/**
 * Query generated from SQL:
 * ```
 * with expired as materialized (
 *   select ctid
 *   from idempotency_keys
 *   where ctid = any(:places!::text[]::tid[]) and expires_at <= now()
 *   for update skip locked
 * ),
 * deleted as (
 *   delete from idempotency_keys
 *   where ctid = any(array(select ctid from expired)) and expires_at <= now()
 *   returning 1
 * )
 * select count(*)::integer as "deleted!" from deleted
 * ```
 */
export const deleteExpiredKeys = new PreparedQuery<IDeleteExpiredKeysParams,IDeleteExpiredKeysResult>(deleteExpiredKeysIR);


