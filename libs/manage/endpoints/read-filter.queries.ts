/** Types generated for queries found in "libs/manage/endpoints/read-filter.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'ReadFilter' parameters type */
export interface IReadFilterParams {
  filter: string;
}

/** 'ReadFilter' return type */
export interface IReadFilterResult {
  path: string | null;
  problem: string | null;
}

/** 'ReadFilter' query type */
export interface IReadFilterQuery {
  params: IReadFilterParams;
  result: IReadFilterResult;
}

const readFilterIR: any = {"usedParamSet":{"filter":true},"params":[{"name":"filter","required":true,"transform":{"type":"scalar"},"locs":[{"a":198,"b":205}]}],"statement":"select\n  case when pg_input_is_valid(f.filter, 'jsonpath') then left(f.filter::jsonpath::text, 8192) end as \"path?\",\n  (pg_input_error_info(f.filter, 'jsonpath')).message as \"problem?\"\nfrom (select :filter!::text as filter offset 0) f"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   case when pg_input_is_valid(f.filter, 'jsonpath') then left(f.filter::jsonpath::text, 8192) end as "path?",
 *   (pg_input_error_info(f.filter, 'jsonpath')).message as "problem?"
 * from (select :filter!::text as filter offset 0) f
 * ```
 */
export const readFilter = new PreparedQuery<IReadFilterParams,IReadFilterResult>(readFilterIR);


