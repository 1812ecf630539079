/** Types generated for queries found in "libs/upkeep/find-expired-audit-rows.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

/** 'FindExpiredAuditRows' parameters type */
export interface IFindExpiredAuditRowsParams {
  limit: NumberOrString;
}

/** 'FindExpiredAuditRows' return type */
export interface IFindExpiredAuditRowsResult {
  place: string;
}

/** 'FindExpiredAuditRows' query type */
export interface IFindExpiredAuditRowsQuery {
  params: IFindExpiredAuditRowsParams;
  result: IFindExpiredAuditRowsResult;
}

const findExpiredAuditRowsIR: any = {"usedParamSet":{"limit":true},"params":[{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":86,"b":92}]}],"statement":"select ctid::text as \"place!\"\nfrom audit_log\nwhere at < (select audit_expiry())\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select ctid::text as "place!"
 * from audit_log
 * where at < (select audit_expiry())
 * limit :limit!
 * ```
 */
export const findExpiredAuditRows = new PreparedQuery<IFindExpiredAuditRowsParams,IFindExpiredAuditRowsResult>(findExpiredAuditRowsIR);


