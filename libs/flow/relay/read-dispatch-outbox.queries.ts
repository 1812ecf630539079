/** Types generated for queries found in "libs/flow/relay/read-dispatch-outbox.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type NumberOrString = number | string;

export type NumberOrStringArray = (NumberOrString)[];

export type numberArray = (number)[];

/** 'ReadDispatchOutbox' parameters type */
export interface IReadDispatchOutboxParams {
  bytes: NumberOrString;
  bytesPerShard: NumberOrString;
  rows: NumberOrString;
  rowsPerShard: NumberOrString;
  sentIds: NumberOrStringArray;
  sentShards: numberArray;
  shards: numberArray;
}

/** 'ReadDispatchOutbox' return type */
export interface IReadDispatchOutboxResult {
  headers: Json;
  id: number;
  key: string | null;
  shard: number;
  topic: string;
  value: Buffer | null;
}

/** 'ReadDispatchOutbox' query type */
export interface IReadDispatchOutboxQuery {
  params: IReadDispatchOutboxParams;
  result: IReadDispatchOutboxResult;
}

const readDispatchOutboxIR: any = {"usedParamSet":{"sentShards":true,"sentIds":true,"shards":true,"rowsPerShard":true,"rows":true,"bytesPerShard":true,"bytes":true},"params":[{"name":"sentShards","required":true,"transform":{"type":"scalar"},"locs":[{"a":69,"b":80}]},{"name":"sentIds","required":true,"transform":{"type":"scalar"},"locs":[{"a":94,"b":102},{"a":657,"b":665}]},{"name":"shards","required":true,"transform":{"type":"scalar"},"locs":[{"a":440,"b":447}]},{"name":"rowsPerShard","required":true,"transform":{"type":"scalar"},"locs":[{"a":711,"b":724}]},{"name":"rows","required":true,"transform":{"type":"scalar"},"locs":[{"a":766,"b":771}]},{"name":"bytesPerShard","required":true,"transform":{"type":"scalar"},"locs":[{"a":1129,"b":1143}]},{"name":"bytes","required":true,"transform":{"type":"scalar"},"locs":[{"a":1158,"b":1164}]}],"statement":"with removed as (\n  delete from dispatch_outbox o\n  using\n    unnest(:sentShards!::integer[], :sentIds!::bigint[]) as sent (shard, id)\n      cross join lateral (\n        select w.ctid as place from dispatch_outbox w where w.shard = sent.shard and w.id = sent.id offset 0\n      ) as found,\n    (select set_config('synchronous_commit', 'off', true)) as faster\n  where o.ctid = found.place\n),\nhead as materialized (\n  select o.*\n  from unnest(:shards!::integer[]) as wanted (shard)\n    cross join lateral (\n      select *, row_number() over (order by d.id) as turn\n      from dispatch_outbox d\n      where d.shard = wanted.shard and d.id not in (select unnest(:sentIds!::bigint[]))\n      order by d.id\n      limit :rowsPerShard!\n    ) o\n  order by o.turn, o.id\n  limit :rows!\n),\nsized as (\n  select\n    *,\n    sum(bytes) over (partition by shard order by turn) - bytes as before_in_shard,\n    sum(bytes) over (order by turn, id) - bytes as before\n  from (select *, coalesce(octet_length(value), 0) + octet_length(headers::text) as bytes from head) h\n)\nselect id, shard, topic, key, headers, value\nfrom sized\nwhere before_in_shard < :bytesPerShard! and before < :bytes!\norder by id"};

/**
 * Query generated from SQL:
 * ```
 * with removed as (
 *   delete from dispatch_outbox o
 *   using
 *     unnest(:sentShards!::integer[], :sentIds!::bigint[]) as sent (shard, id)
 *       cross join lateral (
 *         select w.ctid as place from dispatch_outbox w where w.shard = sent.shard and w.id = sent.id offset 0
 *       ) as found,
 *     (select set_config('synchronous_commit', 'off', true)) as faster
 *   where o.ctid = found.place
 * ),
 * head as materialized (
 *   select o.*
 *   from unnest(:shards!::integer[]) as wanted (shard)
 *     cross join lateral (
 *       select *, row_number() over (order by d.id) as turn
 *       from dispatch_outbox d
 *       where d.shard = wanted.shard and d.id not in (select unnest(:sentIds!::bigint[]))
 *       order by d.id
 *       limit :rowsPerShard!
 *     ) o
 *   order by o.turn, o.id
 *   limit :rows!
 * ),
 * sized as (
 *   select
 *     *,
 *     sum(bytes) over (partition by shard order by turn) - bytes as before_in_shard,
 *     sum(bytes) over (order by turn, id) - bytes as before
 *   from (select *, coalesce(octet_length(value), 0) + octet_length(headers::text) as bytes from head) h
 * )
 * select id, shard, topic, key, headers, value
 * from sized
 * where before_in_shard < :bytesPerShard! and before < :bytes!
 * order by id
 * ```
 */
export const readDispatchOutbox = new PreparedQuery<IReadDispatchOutboxParams,IReadDispatchOutboxResult>(readDispatchOutboxIR);


