/** Types generated for queries found in "libs/flow/relay/read-outbox.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

export type NumberOrStringArray = (NumberOrString)[];

export type numberArray = (number)[];

/** 'ReadOutbox' parameters type */
export interface IReadOutboxParams {
  movedSeqs: NumberOrStringArray;
  movedShards: numberArray;
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

const readOutboxIR: any = {"usedParamSet":{"movedShards":true,"movedSeqs":true,"shards":true,"rowsPerShard":true,"rows":true},"params":[{"name":"movedShards","required":true,"transform":{"type":"scalar"},"locs":[{"a":60,"b":72}]},{"name":"movedSeqs","required":true,"transform":{"type":"scalar"},"locs":[{"a":86,"b":96},{"a":878,"b":888}]},{"name":"shards","required":true,"transform":{"type":"scalar"},"locs":[{"a":482,"b":489}]},{"name":"rowsPerShard","required":true,"transform":{"type":"scalar"},"locs":[{"a":936,"b":949}]},{"name":"rows","required":true,"transform":{"type":"scalar"},"locs":[{"a":993,"b":998}]}],"statement":"with removed as (\n  delete from outbox o\n  using\n    unnest(:movedShards!::integer[], :movedSeqs!::bigint[]) as moved (shard, accept_seq)\n      cross join lateral (\n        select w.ctid as place from outbox w where w.shard = moved.shard and w.accept_seq = moved.accept_seq offset 0\n      ) as found,\n    (select set_config('synchronous_commit', 'off', true)) as faster\n  where o.ctid = found.place\n)\nselect o.accept_seq as \"acceptSeq\", o.shard, o.event_id as \"eventId\"\nfrom unnest(:shards!::integer[]) as wanted (shard)\n  cross join lateral (\n    select accept_seq, shard, event_id, row_number() over (order by accept_seq) as turn\n    from outbox\n    -- Both parts of the statement see the table as it was before. \"not in (select\": a hashed look-up, which \"<> all\"\n    -- of a parameter is not.\n    where outbox.shard = wanted.shard and outbox.accept_seq not in (select unnest(:movedSeqs!::bigint[]))\n    order by accept_seq\n    limit :rowsPerShard!\n  ) o\norder by o.turn, o.accept_seq\nlimit :rows!"};

/**
 * Query generated from SQL:
 * ```
 * with removed as (
 *   delete from outbox o
 *   using
 *     unnest(:movedShards!::integer[], :movedSeqs!::bigint[]) as moved (shard, accept_seq)
 *       cross join lateral (
 *         select w.ctid as place from outbox w where w.shard = moved.shard and w.accept_seq = moved.accept_seq offset 0
 *       ) as found,
 *     (select set_config('synchronous_commit', 'off', true)) as faster
 *   where o.ctid = found.place
 * )
 * select o.accept_seq as "acceptSeq", o.shard, o.event_id as "eventId"
 * from unnest(:shards!::integer[]) as wanted (shard)
 *   cross join lateral (
 *     select accept_seq, shard, event_id, row_number() over (order by accept_seq) as turn
 *     from outbox
 *     -- Both parts of the statement see the table as it was before. "not in (select": a hashed look-up, which "<> all"
 *     -- of a parameter is not.
 *     where outbox.shard = wanted.shard and outbox.accept_seq not in (select unnest(:movedSeqs!::bigint[]))
 *     order by accept_seq
 *     limit :rowsPerShard!
 *   ) o
 * order by o.turn, o.accept_seq
 * limit :rows!
 * ```
 */
export const readOutbox = new PreparedQuery<IReadOutboxParams,IReadOutboxResult>(readOutboxIR);


