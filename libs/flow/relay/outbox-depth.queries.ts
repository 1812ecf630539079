/** Types generated for queries found in "libs/flow/relay/outbox-depth.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'OutboxDepth' parameters type */
export type IOutboxDepthParams = void;

/** 'OutboxDepth' return type */
export interface IOutboxDepthResult {
  depth: number | null;
  oldestAgeSeconds: number | null;
}

/** 'OutboxDepth' query type */
export interface IOutboxDepthQuery {
  params: IOutboxDepthParams;
  result: IOutboxDepthResult;
}

const outboxDepthIR: any = {"usedParamSet":{},"params":[],"statement":"select\n  count(*)::integer as depth,\n  coalesce(\n    (\n      select extract(epoch from now() - e.accepted_at)\n      from outbox o\n        join events e on e.id = o.event_id\n      order by o.accept_seq\n      limit 1\n    ),\n    0\n  )::float8 as \"oldestAgeSeconds\"\nfrom outbox"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   count(*)::integer as depth,
 *   coalesce(
 *     (
 *       select extract(epoch from now() - e.accepted_at)
 *       from outbox o
 *         join events e on e.id = o.event_id
 *       order by o.accept_seq
 *       limit 1
 *     ),
 *     0
 *   )::float8 as "oldestAgeSeconds"
 * from outbox
 * ```
 */
export const outboxDepth = new PreparedQuery<IOutboxDepthParams,IOutboxDepthResult>(outboxDepthIR);


