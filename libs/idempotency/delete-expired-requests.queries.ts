/** Types generated for queries found in "libs/idempotency/delete-expired-requests.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type stringArray = (string)[];

/** 'DeleteExpiredRequests' parameters type */
export interface IDeleteExpiredRequestsParams {
  places: stringArray;
}

/** 'DeleteExpiredRequests' return type */
export interface IDeleteExpiredRequestsResult {
  deleted: number;
}

/** 'DeleteExpiredRequests' query type */
export interface IDeleteExpiredRequestsQuery {
  params: IDeleteExpiredRequestsParams;
  result: IDeleteExpiredRequestsResult;
}

const deleteExpiredRequestsIR: any = {"usedParamSet":{"places":true},"params":[{"name":"places","required":true,"transform":{"type":"scalar"},"locs":[{"a":91,"b":98}]}],"statement":"with expired as materialized (\n  select ctid\n  from idempotent_requests\n  where ctid = any(:places!::text[]::tid[]) and expires_at <= now()\n  for update skip locked\n),\ndeleted as (\n  delete from idempotent_requests\n  where ctid = any(array(select ctid from expired)) and expires_at <= now()\n  returning 1\n)\nselect count(*)::integer as \"deleted!\" from deleted"};

/**
 * Query generated from SQL:
 * ```
 * with expired as materialized (
 *   select ctid
 *   from idempotent_requests
 *   where ctid = any(:places!::text[]::tid[]) and expires_at <= now()
 *   for update skip locked
 * ),
 * deleted as (
 *   delete from idempotent_requests
 *   where ctid = any(array(select ctid from expired)) and expires_at <= now()
 *   returning 1
 * )
 * select count(*)::integer as "deleted!" from deleted
 * ```
 */
export const deleteExpiredRequests = new PreparedQuery<IDeleteExpiredRequestsParams,IDeleteExpiredRequestsResult>(deleteExpiredRequestsIR);


