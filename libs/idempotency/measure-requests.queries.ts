/** Types generated for queries found in "libs/idempotency/measure-requests.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'MeasureRequests' parameters type */
export interface IMeasureRequestsParams {
  pages: number;
}

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

const measureRequestsIR: any = {"usedParamSet":{"pages":true},"params":[{"name":"pages","required":true,"transform":{"type":"scalar"},"locs":[{"a":175,"b":181}]}],"statement":"select\n  round(sample.rows * 100 / share.percent)::float8 as \"rows!\",\n  pg_total_relation_size('idempotent_requests')::float8 as \"bytes!\"\nfrom\n  (\n    select least(100, 100 * :pages!::float8 / greatest(pg_relation_size('idempotent_requests') / current_setting('block_size')::integer, 1)) as percent\n  ) as share\n  cross join lateral (\n    select count(*) as rows from idempotent_requests tablesample system (share.percent) repeatable (0)\n  ) as sample"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   round(sample.rows * 100 / share.percent)::float8 as "rows!",
 *   pg_total_relation_size('idempotent_requests')::float8 as "bytes!"
 * from
 *   (
 *     select least(100, 100 * :pages!::float8 / greatest(pg_relation_size('idempotent_requests') / current_setting('block_size')::integer, 1)) as percent
 *   ) as share
 *   cross join lateral (
 *     select count(*) as rows from idempotent_requests tablesample system (share.percent) repeatable (0)
 *   ) as sample
 * ```
 */
export const measureRequests = new PreparedQuery<IMeasureRequestsParams,IMeasureRequestsResult>(measureRequestsIR);


