/** Types generated for queries found in "libs/relay/src/read-outbox.sql" */
import { PreparedQuery } from '@pgtyped/runtime';

export type NumberOrString = number | string;

export type numberArray = (number)[];

/** 'ReadOutbox' parameters type */
export interface IReadOutboxParams {
  rows: NumberOrString;
  rowsPerShard: NumberOrString;
  shards: numberArray;
}

/** 'ReadOutbox' return type */
export interface IReadOutboxResult {
  acceptSeq: number;
  eventId: string;
  shard: number;
}

/** 'ReadOutbox' query type */
export interface IReadOutboxQuery {
  params: IReadOutboxParams;
  result: IReadOutboxResult;
}

const readOutboxIR: any = {"usedParamSet":{"shards":true,"rowsPerShard":true,"rows":true},"params":[{"name":"shards","required":true,"transform":{"type":"scalar"},"locs":[{"a":81,"b":88}]},{"name":"rowsPerShard","required":true,"transform":{"type":"scalar"},"locs":[{"a":319,"b":332}]},{"name":"rows","required":true,"transform":{"type":"scalar"},"locs":[{"a":376,"b":381}]}],"statement":"select o.accept_seq as \"acceptSeq\", o.shard, o.event_id as \"eventId\"\nfrom unnest(:shards!::integer[]) as wanted (shard)\n  cross join lateral (\n    select accept_seq, shard, event_id, row_number() over (order by accept_seq) as turn\n    from outbox\n    where outbox.shard = wanted.shard\n    order by accept_seq\n    limit :rowsPerShard!\n  ) o\norder by o.turn, o.accept_seq\nlimit :rows!"};

/**
 * Query generated from SQL:
 * ```
 * select o.accept_seq as "acceptSeq", o.shard, o.event_id as "eventId"
 * from unnest(:shards!::integer[]) as wanted (shard)
 *   cross join lateral (
 *     select accept_seq, shard, event_id, row_number() over (order by accept_seq) as turn
 *     from outbox
 *     where outbox.shard = wanted.shard
 *     order by accept_seq
 *     limit :rowsPerShard!
 *   ) o
 * order by o.turn, o.accept_seq
 * limit :rows!
 * ```
 */
export const readOutbox = new PreparedQuery<IReadOutboxParams,IReadOutboxResult>(readOutboxIR);


