/** Types generated for queries found in "libs/ownership/src/renew-leases.sql" */
import { PreparedQuery } from '#postgres/prepared-query';

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

const renewLeasesIR: any = {"usedParamSet":{"ttlMs":true,"shards":true,"epochs":true},"params":[{"name":"ttlMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":90,"b":96}]},{"name":"shards","required":true,"transform":{"type":"scalar"},"locs":[{"a":137,"b":144}]},{"name":"epochs","required":true,"transform":{"type":"scalar"},"locs":[{"a":158,"b":165}]}],"statement":"update shard_leases l\nset\n  renewals = l.renewals + 1,\n  expires_at = clock_timestamp() + :ttlMs! * interval '1 millisecond'\nfrom unnest(:shards!::integer[], :epochs!::bigint[]) as mine (shard, epoch)\nwhere l.shard = mine.shard and l.epoch = mine.epoch\nreturning l.shard"};

/**
 * Query generated from SQL:
 * ```
 * update shard_leases l
 * set
 *   renewals = l.renewals + 1,
 *   expires_at = clock_timestamp() + :ttlMs! * interval '1 millisecond'
 * from unnest(:shards!::integer[], :epochs!::bigint[]) as mine (shard, epoch)
 * where l.shard = mine.shard and l.epoch = mine.epoch
 * returning l.shard
 * ```
 */
export const renewLeases = new PreparedQuery<IRenewLeasesParams,IRenewLeasesResult>(renewLeasesIR);


