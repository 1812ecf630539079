/** Types generated for queries found in "libs/relay/src/read-outbox.sql" */
import { PreparedQuery } from '@pgtyped/runtime';

export type NumberOrString = number | string;

export type numberArray = (number)[];

/** 'ReadOutbox' parameters type */
export interface IReadOutboxParams {
  bytes: NumberOrString;
  bytesPerShard: NumberOrString;
  rows: NumberOrString;
  rowsPerShard: NumberOrString;
  shards: numberArray;
}

/** 'ReadOutbox' return type */
export interface IReadOutboxResult {
  acceptedAt: Date;
  acceptSeq: number;
  contentType: string;
  entity: string;
  id: string;
  occurredAt: Date | null;
  payload: Buffer;
  shard: number;
  source: string;
  tenant: string;
  traceparent: string | null;
  type: string;
}

/** 'ReadOutbox' query type */
export interface IReadOutboxQuery {
  params: IReadOutboxParams;
  result: IReadOutboxResult;
}

const readOutboxIR: any = {"usedParamSet":{"shards":true,"rowsPerShard":true,"rows":true,"bytesPerShard":true,"bytes":true},"params":[{"name":"shards","required":true,"transform":{"type":"scalar"},"locs":[{"a":55,"b":62}]},{"name":"rowsPerShard","required":true,"transform":{"type":"scalar"},"locs":[{"a":305,"b":318}]},{"name":"rows","required":true,"transform":{"type":"scalar"},"locs":[{"a":368,"b":373}]},{"name":"bytesPerShard","required":true,"transform":{"type":"scalar"},"locs":[{"a":1210,"b":1224}]},{"name":"bytes","required":true,"transform":{"type":"scalar"},"locs":[{"a":1239,"b":1245}]}],"statement":"with head as materialized (\n  select o.*\n  from unnest(:shards!::integer[]) as wanted (shard)\n    cross join lateral (\n      select accept_seq, shard, event_id, row_number() over (order by accept_seq) as turn\n      from outbox\n      where outbox.shard = wanted.shard\n      order by accept_seq\n      limit :rowsPerShard!\n    ) o\n  order by o.turn, o.accept_seq\n  limit :rows!\n),\nstored as (\n  select\n    h.accept_seq, h.shard, h.turn, e.*,\n    sum(e.bytes) over (partition by h.shard order by h.turn) - e.bytes as before_in_shard,\n    sum(e.bytes) over (order by h.turn, h.accept_seq) - e.bytes as before\n  from head h\n    -- \"offset 0\": a look-up by key for each row; whatever the planner guesses, never a scan of all events.\n    cross join lateral (\n      select\n        id, tenant, type, entity, occurred_at, accepted_at, source, content_type, traceparent, payload,\n        octet_length(payload) as bytes\n      from events\n      where events.id = h.event_id\n      offset 0\n    ) e\n)\nselect\n  accept_seq as \"acceptSeq\", shard, id, tenant, type, entity, occurred_at as \"occurredAt\", accepted_at as \"acceptedAt\",\n  source, content_type as \"contentType\", traceparent, payload\nfrom stored\nwhere before_in_shard < :bytesPerShard! and before < :bytes!\norder by accept_seq"};

/**
 * Query generated from SQL:
 * ```
 * with head as materialized (
 *   select o.*
 *   from unnest(:shards!::integer[]) as wanted (shard)
 *     cross join lateral (
 *       select accept_seq, shard, event_id, row_number() over (order by accept_seq) as turn
 *       from outbox
 *       where outbox.shard = wanted.shard
 *       order by accept_seq
 *       limit :rowsPerShard!
 *     ) o
 *   order by o.turn, o.accept_seq
 *   limit :rows!
 * ),
 * stored as (
 *   select
 *     h.accept_seq, h.shard, h.turn, e.*,
 *     sum(e.bytes) over (partition by h.shard order by h.turn) - e.bytes as before_in_shard,
 *     sum(e.bytes) over (order by h.turn, h.accept_seq) - e.bytes as before
 *   from head h
 *     -- "offset 0": a look-up by key for each row; whatever the planner guesses, never a scan of all events.
 *     cross join lateral (
 *       select
 *         id, tenant, type, entity, occurred_at, accepted_at, source, content_type, traceparent, payload,
 *         octet_length(payload) as bytes
 *       from events
 *       where events.id = h.event_id
 *       offset 0
 *     ) e
 * )
 * select
 *   accept_seq as "acceptSeq", shard, id, tenant, type, entity, occurred_at as "occurredAt", accepted_at as "acceptedAt",
 *   source, content_type as "contentType", traceparent, payload
 * from stored
 * where before_in_shard < :bytesPerShard! and before < :bytes!
 * order by accept_seq
 * ```
 */
export const readOutbox = new PreparedQuery<IReadOutboxParams,IReadOutboxResult>(readOutboxIR);


