/** Types generated for queries found in "libs/flow/relay/outbox-depth.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'OutboxDepth' parameters type */
export interface IOutboxDepthParams {
  mostCounted: number;
}

/** 'OutboxDepth' return type */
export interface IOutboxDepthResult {
  depth: number;
  oldestAgeSeconds: number;
}

/** 'OutboxDepth' query type */
export interface IOutboxDepthQuery {
  params: IOutboxDepthParams;
  result: IOutboxDepthResult;
}

const outboxDepthIR: any = {"usedParamSet":{"mostCounted":true},"params":[{"name":"mostCounted","required":true,"transform":{"type":"scalar"},"locs":[{"a":303,"b":315}]}],"statement":"select\n  coalesce(sum(o.counted), 0)::integer as \"depth!\",\n  greatest(extract(epoch from now() - min(o.oldest)), 0)::float8 as \"oldestAgeSeconds!\"\nfrom shard_leases l\n  cross join lateral (\n    select\n      (select count(*) from (select from outbox w where w.shard = l.shard order by w.accept_seq limit :mostCounted!::integer) x) as counted,\n      (\n        select e.accepted_at\n        from (select event_id from outbox w where w.shard = l.shard order by w.accept_seq limit 1) first\n          join events e on e.id = first.event_id\n      ) as oldest\n  ) o"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   coalesce(sum(o.counted), 0)::integer as "depth!",
 *   greatest(extract(epoch from now() - min(o.oldest)), 0)::float8 as "oldestAgeSeconds!"
 * from shard_leases l
 *   cross join lateral (
 *     select
 *       (select count(*) from (select from outbox w where w.shard = l.shard order by w.accept_seq limit :mostCounted!::integer) x) as counted,
 *       (
 *         select e.accepted_at
 *         from (select event_id from outbox w where w.shard = l.shard order by w.accept_seq limit 1) first
 *           join events e on e.id = first.event_id
 *       ) as oldest
 *   ) o
 * ```
 */
export const outboxDepth = new PreparedQuery<IOutboxDepthParams,IOutboxDepthResult>(outboxDepthIR);


