/** Types generated for queries found in "apps/orders/src/payments/find-expired-inbox.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

/** 'FindExpiredInbox' parameters type */
export interface IFindExpiredInboxParams {
  limit: NumberOrString;
}

/** 'FindExpiredInbox' return type */
export interface IFindExpiredInboxResult {
  place: string;
}

/** 'FindExpiredInbox' query type */
export interface IFindExpiredInboxQuery {
  params: IFindExpiredInboxParams;
  result: IFindExpiredInboxResult;
}

const findExpiredInboxIR: any = {"usedParamSet":{"limit":true},"params":[{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":87,"b":93}]}],"statement":"select ctid::text as \"place!\"\nfrom shop.payments_inbox\nwhere expires_at <= now()\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select ctid::text as "place!"
 * from shop.payments_inbox
 * where expires_at <= now()
 * limit :limit!
 * ```
 */
export const findExpiredInbox = new PreparedQuery<IFindExpiredInboxParams,IFindExpiredInboxResult>(findExpiredInboxIR);


