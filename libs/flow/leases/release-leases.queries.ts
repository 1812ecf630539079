/** Types generated for queries found in "libs/flow/leases/release-leases.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

export type NumberOrStringArray = (NumberOrString)[];

export type numberArray = (number)[];

/** 'ReleaseLeases' parameters type */
export interface IReleaseLeasesParams {
  epochs: NumberOrStringArray;
  shards: numberArray;
}

/** 'ReleaseLeases' return type */
export interface IReleaseLeasesResult {
  shard: number;
}

/** 'ReleaseLeases' query type */
export interface IReleaseLeasesQuery {
  params: IReleaseLeasesParams;
  result: IReleaseLeasesResult;
}

const releaseLeasesIR: any = {"usedParamSet":{"shards":true,"epochs":true},"params":[{"name":"shards","required":true,"transform":{"type":"scalar"},"locs":[{"a":134,"b":141}]},{"name":"epochs","required":true,"transform":{"type":"scalar"},"locs":[{"a":155,"b":162}]}],"statement":"with mine as (\n  -- In one order: two statements that meet in several leases wait, and don't deadlock.\n  select l.shard\n  from unnest(:shards!::integer[], :epochs!::bigint[]) as m (shard, epoch)\n    join shard_leases l on l.shard = m.shard and l.epoch = m.epoch\n  order by l.shard\n  for no key update of l\n)\nupdate shard_leases l\nset owner = null, expires_at = clock_timestamp()\nfrom mine\nwhere l.shard = mine.shard\nreturning l.shard"};

/**
 * Query generated from SQL:
 * ```
 * with mine as (
 *   -- In one order: two statements that meet in several leases wait, and don't deadlock.
 *   select l.shard
 *   from unnest(:shards!::integer[], :epochs!::bigint[]) as m (shard, epoch)
 *     join shard_leases l on l.shard = m.shard and l.epoch = m.epoch
 *   order by l.shard
 *   for no key update of l
 * )
 * update shard_leases l
 * set owner = null, expires_at = clock_timestamp()
 * from mine
 * where l.shard = mine.shard
 * returning l.shard
 * ```
 */
export const releaseLeases = new PreparedQuery<IReleaseLeasesParams,IReleaseLeasesResult>(releaseLeasesIR);


