/** Types generated for queries found in "libs/upkeep/delete-expired-audit-rows.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type stringArray = (string)[];

/** 'DeleteExpiredAuditRows' parameters type */
export interface IDeleteExpiredAuditRowsParams {
  places: stringArray;
}

/** 'DeleteExpiredAuditRows' return type */
export interface IDeleteExpiredAuditRowsResult {
  deleted: number;
}

/** 'DeleteExpiredAuditRows' query type */
export interface IDeleteExpiredAuditRowsQuery {
  params: IDeleteExpiredAuditRowsParams;
  result: IDeleteExpiredAuditRowsResult;
}

const deleteExpiredAuditRowsIR: any = {"usedParamSet":{"places":true},"params":[{"name":"places","required":true,"transform":{"type":"scalar"},"locs":[{"a":81,"b":88}]}],"statement":"with expired as materialized (\n  select ctid\n  from audit_log\n  where ctid = any(:places!::text[]::tid[]) and at < (select audit_expiry())\n  for update skip locked\n),\ndeleted as (\n  delete from audit_log\n  where ctid = any(array(select ctid from expired))\n  returning 1\n)\nselect count(*)::integer as \"deleted!\" from deleted"};

/**
 * Query generated from SQL:
 * ```
 * with expired as materialized (
 *   select ctid
 *   from audit_log
 *   where ctid = any(:places!::text[]::tid[]) and at < (select audit_expiry())
 *   for update skip locked
 * ),
 * deleted as (
 *   delete from audit_log
 *   where ctid = any(array(select ctid from expired))
 *   returning 1
 * )
 * select count(*)::integer as "deleted!" from deleted
 * ```
 */
export const deleteExpiredAuditRows = new PreparedQuery<IDeleteExpiredAuditRowsParams,IDeleteExpiredAuditRowsResult>(deleteExpiredAuditRowsIR);


