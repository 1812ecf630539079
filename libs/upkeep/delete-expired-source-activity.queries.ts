/** Types generated for queries found in "libs/upkeep/delete-expired-source-activity.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type stringArray = (string)[];

/** 'DeleteExpiredSourceActivity' parameters type */
export interface IDeleteExpiredSourceActivityParams {
  places: stringArray;
  retentionMs: number;
}

/** 'DeleteExpiredSourceActivity' return type */
export interface IDeleteExpiredSourceActivityResult {
  deleted: number;
}

/** 'DeleteExpiredSourceActivity' query type */
export interface IDeleteExpiredSourceActivityQuery {
  params: IDeleteExpiredSourceActivityParams;
  result: IDeleteExpiredSourceActivityResult;
}

const deleteExpiredSourceActivityIR: any = {"usedParamSet":{"places":true,"retentionMs":true},"params":[{"name":"places","required":true,"transform":{"type":"scalar"},"locs":[{"a":91,"b":98}]},{"name":"retentionMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":141,"b":153}]}],"statement":"with expired as materialized (\n  select ctid\n  from source_activity\n  where\n    ctid = any(:places!::text[]::tid[])\n    and minute < now() - :retentionMs!::float8 * interval '1 millisecond'\n  for update skip locked\n),\ndeleted as (\n  delete from source_activity\n  where ctid = any(array(select ctid from expired))\n  returning 1\n)\nselect count(*)::integer as \"deleted!\" from deleted"};

/**
 * Query generated from SQL:
 * ```
 * with expired as materialized (
 *   select ctid
 *   from source_activity
 *   where
 *     ctid = any(:places!::text[]::tid[])
 *     and minute < now() - :retentionMs!::float8 * interval '1 millisecond'
 *   for update skip locked
 * ),
 * deleted as (
 *   delete from source_activity
 *   where ctid = any(array(select ctid from expired))
 *   returning 1
 * )
 * select count(*)::integer as "deleted!" from deleted
 * ```
 */
export const deleteExpiredSourceActivity = new PreparedQuery<IDeleteExpiredSourceActivityParams,IDeleteExpiredSourceActivityResult>(deleteExpiredSourceActivityIR);


