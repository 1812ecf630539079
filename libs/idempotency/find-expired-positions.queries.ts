/** Types generated for queries found in "libs/idempotency/find-expired-positions.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

/** 'FindExpiredPositions' parameters type */
export interface IFindExpiredPositionsParams {
  limit: NumberOrString;
}

/** 'FindExpiredPositions' return type */
export interface IFindExpiredPositionsResult {
  place: string;
}

/** 'FindExpiredPositions' query type */
export interface IFindExpiredPositionsQuery {
  params: IFindExpiredPositionsParams;
  result: IFindExpiredPositionsResult;
}

const findExpiredPositionsIR: any = {"usedParamSet":{"limit":true},"params":[{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":85,"b":91}]}],"statement":"select ctid::text as \"place!\"\nfrom webhook_positions\nwhere expires_at <= now()\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select ctid::text as "place!"
 * from webhook_positions
 * where expires_at <= now()
 * limit :limit!
 * ```
 */
export const findExpiredPositions = new PreparedQuery<IFindExpiredPositionsParams,IFindExpiredPositionsResult>(findExpiredPositionsIR);


