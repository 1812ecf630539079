/** Types generated for queries found in "libs/idempotency/delete-expired-positions.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type stringArray = (string)[];

/** 'DeleteExpiredPositions' parameters type */
export interface IDeleteExpiredPositionsParams {
  places: stringArray;
}

/** 'DeleteExpiredPositions' return type */
export interface IDeleteExpiredPositionsResult {
  deleted: number;
}

/** 'DeleteExpiredPositions' query type */
export interface IDeleteExpiredPositionsQuery {
  params: IDeleteExpiredPositionsParams;
  result: IDeleteExpiredPositionsResult;
}

const deleteExpiredPositionsIR: any = {"usedParamSet":{"places":true},"params":[{"name":"places","required":true,"transform":{"type":"scalar"},"locs":[{"a":89,"b":96}]}],"statement":"with expired as materialized (\n  select ctid\n  from webhook_positions\n  where ctid = any(:places!::text[]::tid[]) and expires_at <= now()\n  for update skip locked\n),\ndeleted as (\n  delete from webhook_positions\n  where ctid = any(array(select ctid from expired)) and expires_at <= now()\n  returning 1\n)\nselect count(*)::integer as \"deleted!\" from deleted"};

/**
 * Query generated from SQL:
 * ```
 * with expired as materialized (
 *   select ctid
 *   from webhook_positions
 *   where ctid = any(:places!::text[]::tid[]) and expires_at <= now()
 *   for update skip locked
 * ),
 * deleted as (
 *   delete from webhook_positions
 *   where ctid = any(array(select ctid from expired)) and expires_at <= now()
 *   returning 1
 * )
 * select count(*)::integer as "deleted!" from deleted
 * ```
 */
export const deleteExpiredPositions = new PreparedQuery<IDeleteExpiredPositionsParams,IDeleteExpiredPositionsResult>(deleteExpiredPositionsIR);


