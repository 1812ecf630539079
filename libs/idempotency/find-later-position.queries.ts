/** Types generated for queries found in "libs/idempotency/find-later-position.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

/** 'FindLaterPosition' parameters type */
export interface IFindLaterPositionParams {
  lane: string;
  scope: string;
  sequence: NumberOrString;
}

/** 'FindLaterPosition' return type */
export interface IFindLaterPositionResult {
  sequence: number;
}

/** 'FindLaterPosition' query type */
export interface IFindLaterPositionQuery {
  params: IFindLaterPositionParams;
  result: IFindLaterPositionResult;
}

const findLaterPositionIR: any = {"usedParamSet":{"scope":true,"lane":true,"sequence":true},"params":[{"name":"scope","required":true,"transform":{"type":"scalar"},"locs":[{"a":53,"b":59}]},{"name":"lane","required":true,"transform":{"type":"scalar"},"locs":[{"a":72,"b":77}]},{"name":"sequence","required":true,"transform":{"type":"scalar"},"locs":[{"a":94,"b":103}]}],"statement":"select sequence\nfrom webhook_positions\nwhere scope = :scope! and lane = :lane! and sequence > :sequence! and expires_at > now()"};

/**
 * Query generated from SQL:
 * ```
 * select sequence
 * from webhook_positions
 * where scope = :scope! and lane = :lane! and sequence > :sequence! and expires_at > now()
 * ```
 */
export const findLaterPosition = new PreparedQuery<IFindLaterPositionParams,IFindLaterPositionResult>(findLaterPositionIR);


