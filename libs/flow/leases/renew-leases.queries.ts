/** Types generated for queries found in "libs/flow/leases/renew-leases.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

export type NumberOrStringArray = (NumberOrString)[];

export type numberArray = (number)[];

/** 'RenewLeases' parameters type */
export interface IRenewLeasesParams {
  epochs: NumberOrStringArray;
  shards: numberArray;
  ttlMs: number;
}

/** 'RenewLeases' return type */
export interface IRenewLeasesResult {
  shard: number;
}

/** 'RenewLeases' query type */
export interface IRenewLeasesQuery {
  params: IRenewLeasesParams;
  result: IRenewLeasesResult;
}

const renewLeasesIR: any = {"usedParamSet":{"shards":true,"epochs":true,"ttlMs":true},"params":[{"name":"shards","required":true,"transform":{"type":"scalar"},"locs":[{"a":134,"b":141}]},{"name":"epochs","required":true,"transform":{"type":"scalar"},"locs":[{"a":155,"b":162}]},{"name":"ttlMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":398,"b":404}]}],"statement":"with mine as (\n  -- In one order: two statements that meet in several leases wait, and don't deadlock.\n  select l.shard\n  from unnest(:shards!::integer[], :epochs!::bigint[]) as m (shard, epoch)\n    join shard_leases l on l.shard = m.shard and l.epoch = m.epoch\n  order by l.shard\n  for no key update of l\n)\nupdate shard_leases l\nset\n  renewals = l.renewals + 1,\n  expires_at = clock_timestamp() + :ttlMs! * interval '1 millisecond'\nfrom mine\nwhere l.shard = mine.shard\nreturning l.shard"};

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
 * set
 *   renewals = l.renewals + 1,
 *   expires_at = clock_timestamp() + :ttlMs! * interval '1 millisecond'
 * from mine
 * where l.shard = mine.shard
 * returning l.shard
 * ```
 */
export const renewLeases = new PreparedQuery<IRenewLeasesParams,IRenewLeasesResult>(renewLeasesIR);


