/** Types generated for queries found in "libs/upkeep/find-unused-token-buckets.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

/** 'FindUnusedTokenBuckets' parameters type */
export interface IFindUnusedTokenBucketsParams {
  limit: NumberOrString;
}

/** 'FindUnusedTokenBuckets' return type */
export interface IFindUnusedTokenBucketsResult {
  place: string;
}

/** 'FindUnusedTokenBuckets' query type */
export interface IFindUnusedTokenBucketsQuery {
  params: IFindUnusedTokenBucketsParams;
  result: IFindUnusedTokenBucketsResult;
}

const findUnusedTokenBucketsIR: any = {"usedParamSet":{"limit":true},"params":[{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":96,"b":102}]}],"statement":"select ctid::text as \"place!\"\nfrom token_buckets\nwhere full_at < now() - interval '1 day'\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select ctid::text as "place!"
 * from token_buckets
 * where full_at < now() - interval '1 day'
 * limit :limit!
 * ```
 */
export const findUnusedTokenBuckets = new PreparedQuery<IFindUnusedTokenBucketsParams,IFindUnusedTokenBucketsResult>(findUnusedTokenBucketsIR);


