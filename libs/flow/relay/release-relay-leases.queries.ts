/** Types generated for queries found in "libs/flow/relay/release-relay-leases.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'ReleaseRelayLeases' parameters type */
export interface IReleaseRelayLeasesParams {
  relay: string;
}

/** 'ReleaseRelayLeases' return type */
export type IReleaseRelayLeasesResult = void;

/** 'ReleaseRelayLeases' query type */
export interface IReleaseRelayLeasesQuery {
  params: IReleaseRelayLeasesParams;
  result: IReleaseRelayLeasesResult;
}

const releaseRelayLeasesIR: any = {"usedParamSet":{"relay":true},"params":[{"name":"relay","required":true,"transform":{"type":"scalar"},"locs":[{"a":51,"b":57},{"a":112,"b":118}]}],"statement":"with unlisted as (\n  delete from relays where id = :relay!\n)\nupdate relay_leases set relay = null where relay = :relay!"};

/**
 * Query generated from SQL:
 * ```
 * with unlisted as (
 *   delete from relays where id = :relay!
 * )
 * update relay_leases set relay = null where relay = :relay!
 * ```
 */
export const releaseRelayLeases = new PreparedQuery<IReleaseRelayLeasesParams,IReleaseRelayLeasesResult>(releaseRelayLeasesIR);


