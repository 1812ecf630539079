/** Types generated for queries found in "libs/idempotency/src/measure-requests.sql" */
import { PreparedQuery } from '#postgres/prepared-query';

/** 'MeasureRequests' parameters type */
export type IMeasureRequestsParams = void;

/** 'MeasureRequests' return type */
export interface IMeasureRequestsResult {
  bytes: number;
  rows: number;
}

/** 'MeasureRequests' query type */
export interface IMeasureRequestsQuery {
  params: IMeasureRequestsParams;
  result: IMeasureRequestsResult;
}

const measureRequestsIR: any = {"usedParamSet":{},"params":[],"statement":"select\n  greatest(reltuples, 0)::float8 as \"rows!\",\n  pg_total_relation_size(oid)::float8 as \"bytes!\"\nfrom pg_class\nwhere oid = 'idempotent_requests'::regclass"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   greatest(reltuples, 0)::float8 as "rows!",
 *   pg_total_relation_size(oid)::float8 as "bytes!"
 * from pg_class
 * where oid = 'idempotent_requests'::regclass
 * ```
 */
export const measureRequests = new PreparedQuery<IMeasureRequestsParams,IMeasureRequestsResult>(measureRequestsIR);


