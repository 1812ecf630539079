/** Types generated for queries found in "libs/upkeep/delete-expired-former-samples.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type stringArray = (string)[];

/** 'DeleteExpiredFormerSamples' parameters type */
export interface IDeleteExpiredFormerSamplesParams {
  places: stringArray;
  retentionMs: number;
}

/** 'DeleteExpiredFormerSamples' return type */
export interface IDeleteExpiredFormerSamplesResult {
  deleted: number;
}

/** 'DeleteExpiredFormerSamples' query type */
export interface IDeleteExpiredFormerSamplesQuery {
  params: IDeleteExpiredFormerSamplesParams;
  result: IDeleteExpiredFormerSamplesResult;
}

const deleteExpiredFormerSamplesIR: any = {"usedParamSet":{"places":true,"retentionMs":true},"params":[{"name":"places","required":true,"transform":{"type":"scalar"},"locs":[{"a":83,"b":90}]},{"name":"retentionMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":175,"b":187}]}],"statement":"with expired as materialized (\n  select ctid\n  from samples\n  where\n    ctid = any(:places!::text[]::tid[])\n    and at < now() - case step when 60 then interval '2 days' else :retentionMs!::float8 * interval '1 millisecond' end\n  for update skip locked\n),\ndeleted as (\n  delete from samples\n  where ctid = any(array(select ctid from expired))\n  returning 1\n)\nselect count(*)::integer as \"deleted!\" from deleted"};

/**
 * Query generated from SQL:
 * ```
 * with expired as materialized (
 *   select ctid
 *   from samples
 *   where
 *     ctid = any(:places!::text[]::tid[])
 *     and at < now() - case step when 60 then interval '2 days' else :retentionMs!::float8 * interval '1 millisecond' end
 *   for update skip locked
 * ),
 * deleted as (
 *   delete from samples
 *   where ctid = any(array(select ctid from expired))
 *   returning 1
 * )
 * select count(*)::integer as "deleted!" from deleted
 * ```
 */
export const deleteExpiredFormerSamples = new PreparedQuery<IDeleteExpiredFormerSamplesParams,IDeleteExpiredFormerSamplesResult>(deleteExpiredFormerSamplesIR);


