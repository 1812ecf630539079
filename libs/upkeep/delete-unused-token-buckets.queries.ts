/** Types generated for queries found in "libs/upkeep/delete-unused-token-buckets.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type stringArray = (string)[];

/** 'DeleteUnusedTokenBuckets' parameters type */
export interface IDeleteUnusedTokenBucketsParams {
  places: stringArray;
}

/** 'DeleteUnusedTokenBuckets' return type */
export interface IDeleteUnusedTokenBucketsResult {
  deleted: number;
}

/** 'DeleteUnusedTokenBuckets' query type */
export interface IDeleteUnusedTokenBucketsQuery {
  params: IDeleteUnusedTokenBucketsParams;
  result: IDeleteUnusedTokenBucketsResult;
}

const deleteUnusedTokenBucketsIR: any = {"usedParamSet":{"places":true},"params":[{"name":"places","required":true,"transform":{"type":"scalar"},"locs":[{"a":84,"b":91}]}],"statement":"with unused as materialized (\n  select ctid\n  from token_buckets\n  where ctid = any(:places!::text[]::tid[]) and full_at < now() - interval '1 day'\n  for update skip locked\n),\ndeleted as (\n  delete from token_buckets\n  where ctid = any(array(select ctid from unused))\n  returning 1\n)\nselect count(*)::integer as \"deleted!\" from deleted"};

/**
 * Query generated from SQL:
 * ```
 * with unused as materialized (
 *   select ctid
 *   from token_buckets
 *   where ctid = any(:places!::text[]::tid[]) and full_at < now() - interval '1 day'
 *   for update skip locked
 * ),
 * deleted as (
 *   delete from token_buckets
 *   where ctid = any(array(select ctid from unused))
 *   returning 1
 * )
 * select count(*)::integer as "deleted!" from deleted
 * ```
 */
export const deleteUnusedTokenBuckets = new PreparedQuery<IDeleteUnusedTokenBucketsParams,IDeleteUnusedTokenBucketsResult>(deleteUnusedTokenBucketsIR);


