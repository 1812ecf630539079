/** Types generated for queries found in "libs/upkeep/delete-expired-rejections.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type stringArray = (string)[];

/** 'DeleteExpiredRejections' parameters type */
export interface IDeleteExpiredRejectionsParams {
  places: stringArray;
  retentionMs: number;
}

/** 'DeleteExpiredRejections' return type */
export interface IDeleteExpiredRejectionsResult {
  deleted: number;
}

/** 'DeleteExpiredRejections' query type */
export interface IDeleteExpiredRejectionsQuery {
  params: IDeleteExpiredRejectionsParams;
  result: IDeleteExpiredRejectionsResult;
}

const deleteExpiredRejectionsIR: any = {"usedParamSet":{"places":true,"retentionMs":true},"params":[{"name":"places","required":true,"transform":{"type":"scalar"},"locs":[{"a":86,"b":93}]},{"name":"retentionMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":136,"b":148}]}],"statement":"with expired as materialized (\n  select ctid\n  from rejections\n  where\n    ctid = any(:places!::text[]::tid[])\n    and minute < now() - :retentionMs!::float8 * interval '1 millisecond'\n  for update skip locked\n),\ndeleted as (\n  delete from rejections\n  where ctid = any(array(select ctid from expired))\n  returning 1\n)\nselect count(*)::integer as \"deleted!\" from deleted"};

/**
 * Query generated from SQL:
 * ```
 * with expired as materialized (
 *   select ctid
 *   from rejections
 *   where
 *     ctid = any(:places!::text[]::tid[])
 *     and minute < now() - :retentionMs!::float8 * interval '1 millisecond'
 *   for update skip locked
 * ),
 * deleted as (
 *   delete from rejections
 *   where ctid = any(array(select ctid from expired))
 *   returning 1
 * )
 * select count(*)::integer as "deleted!" from deleted
 * ```
 */
export const deleteExpiredRejections = new PreparedQuery<IDeleteExpiredRejectionsParams,IDeleteExpiredRejectionsResult>(deleteExpiredRejectionsIR);


