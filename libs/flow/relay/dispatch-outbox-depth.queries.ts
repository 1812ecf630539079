/** Types generated for queries found in "libs/flow/relay/dispatch-outbox-depth.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type numberArray = (number)[];

/** 'DispatchOutboxDepth' parameters type */
export interface IDispatchOutboxDepthParams {
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

const dispatchOutboxDepthIR: any = {"usedParamSet":{"shards":true},"params":[{"name":"shards","required":true,"transform":{"type":"scalar"},"locs":[{"a":65,"b":72},{"a":217,"b":224}]}],"statement":"select\n  (select count(*) from dispatch_outbox where shard = any(:shards!::integer[]))::integer as \"depth!\",\n  coalesce(\n    (\n      select greatest(extract(epoch from now() - min(o.created_at)), 0)\n      from unnest(:shards!::integer[]) as wanted (shard)\n        cross join lateral (\n          select created_at from dispatch_outbox d where d.shard = wanted.shard order by d.id limit 1\n        ) o\n    ),\n    0\n  )::float8 as \"oldestAgeSeconds!\""};

/**
 * Query generated from SQL:
 * ```
 * select
 *   (select count(*) from dispatch_outbox where shard = any(:shards!::integer[]))::integer as "depth!",
 *   coalesce(
 *     (
 *       select greatest(extract(epoch from now() - min(o.created_at)), 0)
 *       from unnest(:shards!::integer[]) as wanted (shard)
 *         cross join lateral (
 *           select created_at from dispatch_outbox d where d.shard = wanted.shard order by d.id limit 1
 *         ) o
 *     ),
 *     0
 *   )::float8 as "oldestAgeSeconds!"
 * ```
 */
export const dispatchOutboxDepth = new PreparedQuery<IDispatchOutboxDepthParams,IDispatchOutboxDepthResult>(dispatchOutboxDepthIR);


