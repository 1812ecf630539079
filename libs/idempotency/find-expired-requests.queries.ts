/** Types generated for queries found in "libs/idempotency/find-expired-requests.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

/** 'FindExpiredRequests' parameters type */
export interface IFindExpiredRequestsParams {
  limit: NumberOrString;
}

/** 'FindExpiredRequests' return type */
export interface IFindExpiredRequestsResult {
  place: string;
}

/** 'FindExpiredRequests' query type */
export interface IFindExpiredRequestsQuery {
  params: IFindExpiredRequestsParams;
  result: IFindExpiredRequestsResult;
}

const findExpiredRequestsIR: any = {"usedParamSet":{"limit":true},"params":[{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":87,"b":93}]}],"statement":"select ctid::text as \"place!\"\nfrom idempotent_requests\nwhere expires_at <= now()\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select ctid::text as "place!"
 * from idempotent_requests
 * where expires_at <= now()
 * limit :limit!
 * ```
 */
export const findExpiredRequests = new PreparedQuery<IFindExpiredRequestsParams,IFindExpiredRequestsResult>(findExpiredRequestsIR);


