/** Types generated for queries found in "libs/flow/relay/dispatch-outbox-depth.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type numberArray = (number)[];

/** 'DispatchOutboxDepth' parameters type */
export interface IDispatchOutboxDepthParams {
  mostCounted: number;
  shards: numberArray;
}

/** 'DispatchOutboxDepth' return type */
export interface IDispatchOutboxDepthResult {
  depth: number;
  oldestAgeSeconds: number;
}

/** 'DispatchOutboxDepth' query type */
export interface IDispatchOutboxDepthQuery {
  params: IDispatchOutboxDepthParams;
  result: IDispatchOutboxDepthResult;
}

const dispatchOutboxDepthIR: any = {"usedParamSet":{"shards":true,"mostCounted":true},"params":[{"name":"shards","required":true,"transform":{"type":"scalar"},"locs":[{"a":159,"b":166}]},{"name":"mostCounted","required":true,"transform":{"type":"scalar"},"locs":[{"a":340,"b":352}]}],"statement":"select\n  coalesce(sum(o.counted), 0)::integer as \"depth!\",\n  greatest(extract(epoch from now() - min(o.oldest)), 0)::float8 as \"oldestAgeSeconds!\"\nfrom unnest(:shards!::integer[]) as wanted (shard)\n  cross join lateral (\n    select\n      (select count(*) from (select from dispatch_outbox d where d.shard = wanted.shard order by d.id limit :mostCounted!::integer) x) as counted,\n      (select d.created_at from dispatch_outbox d where d.shard = wanted.shard order by d.id limit 1) as oldest\n  ) o"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   coalesce(sum(o.counted), 0)::integer as "depth!",
 *   greatest(extract(epoch from now() - min(o.oldest)), 0)::float8 as "oldestAgeSeconds!"
 * from unnest(:shards!::integer[]) as wanted (shard)
 *   cross join lateral (
 *     select
 *       (select count(*) from (select from dispatch_outbox d where d.shard = wanted.shard order by d.id limit :mostCounted!::integer) x) as counted,
 *       (select d.created_at from dispatch_outbox d where d.shard = wanted.shard order by d.id limit 1) as oldest
 *   ) o
 * ```
 */
export const dispatchOutboxDepth = new PreparedQuery<IDispatchOutboxDepthParams,IDispatchOutboxDepthResult>(dispatchOutboxDepthIR);


