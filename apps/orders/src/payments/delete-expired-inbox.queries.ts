/** Types generated for queries found in "apps/orders/src/payments/delete-expired-inbox.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type stringArray = (string)[];

/** 'DeleteExpiredInbox' parameters type */
export interface IDeleteExpiredInboxParams {
  places: stringArray;
}

/** 'DeleteExpiredInbox' return type */
export interface IDeleteExpiredInboxResult {
  deleted: number;
}

/** 'DeleteExpiredInbox' query type */
export interface IDeleteExpiredInboxQuery {
  params: IDeleteExpiredInboxParams;
  result: IDeleteExpiredInboxResult;
}

const deleteExpiredInboxIR: any = {"usedParamSet":{"places":true},"params":[{"name":"places","required":true,"transform":{"type":"scalar"},"locs":[{"a":71,"b":78}]}],"statement":"with deleted as (\n  delete from shop.payments_inbox\n  where ctid = any(:places!::text[]::tid[]) and expires_at <= now()\n  returning 1\n)\nselect count(*)::integer as \"deleted!\" from deleted"};

/**
 * Query generated from SQL:
 * ```
 * with deleted as (
 *   delete from shop.payments_inbox
 *   where ctid = any(:places!::text[]::tid[]) and expires_at <= now()
 *   returning 1
 * )
 * select count(*)::integer as "deleted!" from deleted
 * ```
 */
export const deleteExpiredInbox = new PreparedQuery<IDeleteExpiredInboxParams,IDeleteExpiredInboxResult>(deleteExpiredInboxIR);


