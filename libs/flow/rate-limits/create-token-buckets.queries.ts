/** Types generated for queries found in "libs/flow/rate-limits/create-token-buckets.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type numberArray = (number)[];

export type stringArray = (string)[];

/** 'CreateTokenBuckets' parameters type */
export interface ICreateTokenBucketsParams {
  capacities: numberArray;
  ids: stringArray;
}

/** 'CreateTokenBuckets' return type */
export type ICreateTokenBucketsResult = void;

/** 'CreateTokenBuckets' query type */
export interface ICreateTokenBucketsQuery {
  params: ICreateTokenBucketsParams;
  result: ICreateTokenBucketsResult;
}

const createTokenBucketsIR: any = {"usedParamSet":{"ids":true,"capacities":true},"params":[{"name":"ids","required":true,"transform":{"type":"scalar"},"locs":[{"a":128,"b":132}]},{"name":"capacities","required":true,"transform":{"type":"scalar"},"locs":[{"a":143,"b":154}]}],"statement":"insert into token_buckets (id, tokens, refilled_at, full_at)\nselect id, capacity, at, at\nfrom clock_timestamp() as at,\n  unnest(:ids!::text[], :capacities!::float8[]) as bucket (id, capacity)\norder by id\non conflict (id) do nothing"};

/**
 * Query generated from SQL:
 * ```
 * insert into token_buckets (id, tokens, refilled_at, full_at)
 * select id, capacity, at, at
 * from clock_timestamp() as at,
 *   unnest(:ids!::text[], :capacities!::float8[]) as bucket (id, capacity)
 * order by id
 * on conflict (id) do nothing
 * ```
 */
export const createTokenBuckets = new PreparedQuery<ICreateTokenBucketsParams,ICreateTokenBucketsResult>(createTokenBucketsIR);


