/** Types generated for queries found in "libs/upkeep/delete-expired-samples.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type stringArray = (string)[];

/** 'DeleteExpiredSamples' parameters type */
export interface IDeleteExpiredSamplesParams {
  places: stringArray;
  retentionMs: number;
}

/** 'DeleteExpiredSamples' return type */
export interface IDeleteExpiredSamplesResult {
  deleted: number;
}

/** 'DeleteExpiredSamples' query type */
export interface IDeleteExpiredSamplesQuery {
  params: IDeleteExpiredSamplesParams;
  result: IDeleteExpiredSamplesResult;
}

const deleteExpiredSamplesIR: any = {"usedParamSet":{"places":true,"retentionMs":true},"params":[{"name":"places","required":true,"transform":{"type":"scalar"},"locs":[{"a":90,"b":97}]},{"name":"retentionMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":182,"b":194}]}],"statement":"with expired as materialized (\n  select ctid\n  from sample_rollups\n  where\n    ctid = any(:places!::text[]::tid[])\n    and at < now() - case step when 60 then interval '2 days' else :retentionMs!::float8 * interval '1 millisecond' end\n  for update skip locked\n),\ndeleted as (\n  delete from sample_rollups\n  where ctid = any(array(select ctid from expired))\n  returning 1\n)\nselect count(*)::integer as \"deleted!\" from deleted"};

/**
 * Query generated from SQL:
 * ```
 * with expired as materialized (
 *   select ctid
 *   from sample_rollups
 *   where
 *     ctid = any(:places!::text[]::tid[])
 *     and at < now() - case step when 60 then interval '2 days' else :retentionMs!::float8 * interval '1 millisecond' end
 *   for update skip locked
 * ),
 * deleted as (
 *   delete from sample_rollups
 *   where ctid = any(array(select ctid from expired))
 *   returning 1
 * )
 * select count(*)::integer as "deleted!" from deleted
 * ```
 */
export const deleteExpiredSamples = new PreparedQuery<IDeleteExpiredSamplesParams,IDeleteExpiredSamplesResult>(deleteExpiredSamplesIR);


