/** Types generated for queries found in "apps/orders/src/placing/read-order-outbox.sql" */
import { PreparedQuery } from '#postgres/prepared-query';

export type NumberOrString = number | string;

export type NumberOrStringArray = (NumberOrString)[];

export type numberArray = (number)[];

/** 'ReadOrderOutbox' parameters type */
export interface IReadOrderOutboxParams {
  movedIds: NumberOrStringArray;
  movedShards: numberArray;
  rows: NumberOrString;
  rowsPerShard: NumberOrString;
  shards: numberArray;
}

/** 'ReadOrderOutbox' return type */
export interface IReadOrderOutboxResult {
  createdAt: Date;
  eventId: string;
  id: number;
  key: string;
  shard: number;
  value: Buffer;
}

/** 'ReadOrderOutbox' query type */
export interface IReadOrderOutboxQuery {
  params: IReadOrderOutboxParams;
  result: IReadOrderOutboxResult;
}

const readOrderOutboxIR: any = {"usedParamSet":{"movedShards":true,"movedIds":true,"shards":true,"rowsPerShard":true,"rows":true},"params":[{"name":"movedShards","required":true,"transform":{"type":"scalar"},"locs":[{"a":66,"b":78}]},{"name":"movedIds","required":true,"transform":{"type":"scalar"},"locs":[{"a":92,"b":101},{"a":800,"b":809}]},{"name":"shards","required":true,"transform":{"type":"scalar"},"locs":[{"a":576,"b":583}]},{"name":"rowsPerShard","required":true,"transform":{"type":"scalar"},"locs":[{"a":849,"b":862}]},{"name":"rows","required":true,"transform":{"type":"scalar"},"locs":[{"a":898,"b":903}]}],"statement":"with removed as (\n  delete from order_outbox o\n  using\n    unnest(:movedShards!::integer[], :movedIds!::bigint[]) as moved (shard, id)\n      cross join lateral (\n        select w.ctid as place from order_outbox w where w.shard = moved.shard and w.id = moved.id offset 0\n      ) as found,\n    -- Need not be durable: what comes back after a crash of Postgres is sent again.\n    (select set_config('synchronous_commit', 'off', true)) as faster\n  where o.ctid = found.place\n)\nselect o.shard, o.id, o.event_id as \"eventId\", o.key, o.value, o.created_at as \"createdAt\"\nfrom unnest(:shards!::integer[]) as wanted (shard)\n  cross join lateral (\n    select *, row_number() over (order by id) as turn\n    from order_outbox\n    where order_outbox.shard = wanted.shard and order_outbox.id not in (select unnest(:movedIds!::bigint[]))\n    order by id\n    limit :rowsPerShard!\n  ) o\norder by o.turn, o.id\nlimit :rows!"};

/**
 * Query generated from SQL:
 * ```
 * with removed as (
 *   delete from order_outbox o
 *   using
 *     unnest(:movedShards!::integer[], :movedIds!::bigint[]) as moved (shard, id)
 *       cross join lateral (
 *         select w.ctid as place from order_outbox w where w.shard = moved.shard and w.id = moved.id offset 0
 *       ) as found,
 *     -- Need not be durable: what comes back after a crash of Postgres is sent again.
 *     (select set_config('synchronous_commit', 'off', true)) as faster
 *   where o.ctid = found.place
 * )
 * select o.shard, o.id, o.event_id as "eventId", o.key, o.value, o.created_at as "createdAt"
 * from unnest(:shards!::integer[]) as wanted (shard)
 *   cross join lateral (
 *     select *, row_number() over (order by id) as turn
 *     from order_outbox
 *     where order_outbox.shard = wanted.shard and order_outbox.id not in (select unnest(:movedIds!::bigint[]))
 *     order by id
 *     limit :rowsPerShard!
 *   ) o
 * order by o.turn, o.id
 * limit :rows!
 * ```
 */
export const readOrderOutbox = new PreparedQuery<IReadOrderOutboxParams,IReadOrderOutboxResult>(readOrderOutboxIR);


