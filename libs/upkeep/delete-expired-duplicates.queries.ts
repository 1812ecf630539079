/** Types generated for queries found in "libs/upkeep/delete-expired-duplicates.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type stringArray = (string)[];

/** 'DeleteExpiredDuplicates' parameters type */
export interface IDeleteExpiredDuplicatesParams {
  places: stringArray;
  retentionMs: number;
}

/** 'DeleteExpiredDuplicates' return type */
export interface IDeleteExpiredDuplicatesResult {
  deleted: number;
}

/** 'DeleteExpiredDuplicates' query type */
export interface IDeleteExpiredDuplicatesQuery {
  params: IDeleteExpiredDuplicatesParams;
  result: IDeleteExpiredDuplicatesResult;
}

const deleteExpiredDuplicatesIR: any = {"usedParamSet":{"places":true,"retentionMs":true},"params":[{"name":"places","required":true,"transform":{"type":"scalar"},"locs":[{"a":92,"b":99}]},{"name":"retentionMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":142,"b":154}]}],"statement":"with expired as materialized (\n  select ctid\n  from event_duplicates\n  where\n    ctid = any(:places!::text[]::tid[])\n    and minute < now() - :retentionMs!::float8 * interval '1 millisecond'\n  for update skip locked\n),\ndeleted as (\n  delete from event_duplicates\n  where ctid = any(array(select ctid from expired))\n  returning 1\n)\nselect count(*)::integer as \"deleted!\" from deleted"};

/**
 * Query generated from SQL:
 * ```
 * with expired as materialized (
 *   select ctid
 *   from event_duplicates
 *   where
 *     ctid = any(:places!::text[]::tid[])
 *     and minute < now() - :retentionMs!::float8 * interval '1 millisecond'
 *   for update skip locked
 * ),
 * deleted as (
 *   delete from event_duplicates
 *   where ctid = any(array(select ctid from expired))
 *   returning 1
 * )
 * select count(*)::integer as "deleted!" from deleted
 * ```
 */
export const deleteExpiredDuplicates = new PreparedQuery<IDeleteExpiredDuplicatesParams,IDeleteExpiredDuplicatesResult>(deleteExpiredDuplicatesIR);


