/** Types generated for queries found in "libs/flow/relay/read-outbox.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

export type NumberOrStringArray = (NumberOrString)[];

export type numberArray = (number)[];

/** 'ReadOutbox' parameters type */
export interface IReadOutboxParams {
  rows: NumberOrString;
  rowsPerShard: NumberOrString;
  sentSeqs: NumberOrStringArray;
  sentShards: numberArray;
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

const readOutboxIR: any = {"usedParamSet":{"sentShards":true,"sentSeqs":true,"shards":true,"rowsPerShard":true,"rows":true},"params":[{"name":"sentShards","required":true,"transform":{"type":"scalar"},"locs":[{"a":60,"b":71}]},{"name":"sentSeqs","required":true,"transform":{"type":"scalar"},"locs":[{"a":85,"b":94},{"a":868,"b":877}]},{"name":"shards","required":true,"transform":{"type":"scalar"},"locs":[{"a":477,"b":484}]},{"name":"rowsPerShard","required":true,"transform":{"type":"scalar"},"locs":[{"a":925,"b":938}]},{"name":"rows","required":true,"transform":{"type":"scalar"},"locs":[{"a":982,"b":987}]}],"statement":"with removed as (\n  delete from outbox o\n  using\n    unnest(:sentShards!::integer[], :sentSeqs!::bigint[]) as sent (shard, accept_seq)\n      cross join lateral (\n        select w.ctid as place from outbox w where w.shard = sent.shard and w.accept_seq = sent.accept_seq offset 0\n      ) as found,\n    (select set_config('synchronous_commit', 'off', true)) as faster\n  where o.ctid = found.place\n)\nselect o.accept_seq as \"acceptSeq\", o.shard, o.event_id as \"eventId\"\nfrom unnest(:shards!::integer[]) as wanted (shard)\n  cross join lateral (\n    select accept_seq, shard, event_id, row_number() over (order by accept_seq) as turn\n    from outbox\n    -- Both parts of the statement see the table as it was before. \"not in (select\" is a hashed lookup; \"<> all\" of a\n    -- parameter is not.\n    where outbox.shard = wanted.shard and outbox.accept_seq not in (select unnest(:sentSeqs!::bigint[]))\n    order by accept_seq\n    limit :rowsPerShard!\n  ) o\norder by o.turn, o.accept_seq\nlimit :rows!"};

/**
 * Query generated from SQL:
 * ```
 * with removed as (
 *   delete from outbox o
 *   using
 *     unnest(:sentShards!::integer[], :sentSeqs!::bigint[]) as sent (shard, accept_seq)
 *       cross join lateral (
 *         select w.ctid as place from outbox w where w.shard = sent.shard and w.accept_seq = sent.accept_seq offset 0
 *       ) as found,
 *     (select set_config('synchronous_commit', 'off', true)) as faster
 *   where o.ctid = found.place
 * )
 * select o.accept_seq as "acceptSeq", o.shard, o.event_id as "eventId"
 * from unnest(:shards!::integer[]) as wanted (shard)
 *   cross join lateral (
 *     select accept_seq, shard, event_id, row_number() over (order by accept_seq) as turn
 *     from outbox
 *     -- Both parts of the statement see the table as it was before. "not in (select" is a hashed lookup; "<> all" of a
 *     -- parameter is not.
 *     where outbox.shard = wanted.shard and outbox.accept_seq not in (select unnest(:sentSeqs!::bigint[]))
 *     order by accept_seq
 *     limit :rowsPerShard!
 *   ) o
 * order by o.turn, o.accept_seq
 * limit :rows!
 * ```
 */
export const readOutbox = new PreparedQuery<IReadOutboxParams,IReadOutboxResult>(readOutboxIR);


