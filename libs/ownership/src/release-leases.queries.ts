/** Types generated for queries found in "libs/ownership/src/release-leases.sql" */
import { PreparedQuery } from '#postgres/prepared-query';

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

const releaseLeasesIR: any = {"usedParamSet":{"shards":true,"epochs":true},"params":[{"name":"shards","required":true,"transform":{"type":"scalar"},"locs":[{"a":83,"b":90}]},{"name":"epochs","required":true,"transform":{"type":"scalar"},"locs":[{"a":104,"b":111}]}],"statement":"update shard_leases l\nset owner = null, expires_at = clock_timestamp()\nfrom unnest(:shards!::integer[], :epochs!::bigint[]) as mine (shard, epoch)\nwhere l.shard = mine.shard and l.epoch = mine.epoch\nreturning l.shard"};

/**
 * Query generated from SQL:
 * ```
 * update shard_leases l
 * set owner = null, expires_at = clock_timestamp()
 * from unnest(:shards!::integer[], :epochs!::bigint[]) as mine (shard, epoch)
 * where l.shard = mine.shard and l.epoch = mine.epoch
 * returning l.shard
 * ```
 */
export const releaseLeases = new PreparedQuery<IReleaseLeasesParams,IReleaseLeasesResult>(releaseLeasesIR);


