/** Types generated for queries found in "libs/flow/leases/watch-leases.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'WatchLeases' parameters type */
export type IWatchLeasesParams = void;

/** 'WatchLeases' return type */
export interface IWatchLeasesResult {
  epoch: number;
  expired: boolean;
  owner: string | null;
  renewals: number;
  shard: number;
}

/** 'WatchLeases' query type */
export interface IWatchLeasesQuery {
  params: IWatchLeasesParams;
  result: IWatchLeasesResult;
}

const watchLeasesIR: any = {"usedParamSet":{},"params":[],"statement":"select\n  shard,\n  epoch,\n  owner,\n  renewals,\n  expires_at <= clock_timestamp() as \"expired!\"\nfrom shard_leases\norder by shard"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   shard,
 *   epoch,
 *   owner,
 *   renewals,
 *   expires_at <= clock_timestamp() as "expired!"
 * from shard_leases
 * order by shard
 * ```
 */
export const watchLeases = new PreparedQuery<IWatchLeasesParams,IWatchLeasesResult>(watchLeasesIR);


