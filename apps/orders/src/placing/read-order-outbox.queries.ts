/** Types generated for queries found in "apps/orders/src/placing/read-order-outbox.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

export type NumberOrStringArray = (NumberOrString)[];

export type numberArray = (number)[];

/** 'ReadOrderOutbox' parameters type */
export interface IReadOrderOutboxParams {
  movedIds: NumberOrStringArray;
  movedSlots: numberArray;
  rows: NumberOrString;
  rowsPerSlot: NumberOrString;
  slots: numberArray;
}

/** 'ReadOrderOutbox' return type */
export interface IReadOrderOutboxResult {
  createdAt: Date;
  eventId: string;
  id: number;
  key: string;
  slot: number;
  value: Buffer;
}

/** 'ReadOrderOutbox' query type */
export interface IReadOrderOutboxQuery {
  params: IReadOrderOutboxParams;
  result: IReadOrderOutboxResult;
}

const readOrderOutboxIR: any = {"usedParamSet":{"movedSlots":true,"movedIds":true,"slots":true,"rowsPerSlot":true,"rows":true},"params":[{"name":"movedSlots","required":true,"transform":{"type":"scalar"},"locs":[{"a":71,"b":82}]},{"name":"movedIds","required":true,"transform":{"type":"scalar"},"locs":[{"a":96,"b":105},{"a":813,"b":822}]},{"name":"slots","required":true,"transform":{"type":"scalar"},"locs":[{"a":588,"b":594}]},{"name":"rowsPerSlot","required":true,"transform":{"type":"scalar"},"locs":[{"a":862,"b":874}]},{"name":"rows","required":true,"transform":{"type":"scalar"},"locs":[{"a":910,"b":915}]}],"statement":"with removed as (\n  delete from shop.order_outbox o\n  using\n    unnest(:movedSlots!::integer[], :movedIds!::bigint[]) as moved (slot, id)\n      cross join lateral (\n        select w.ctid as place from shop.order_outbox w where w.slot = moved.slot and w.id = moved.id offset 0\n      ) as found,\n    -- Need not be durable: records that reappear after a crash of Postgres are sent again.\n    (select set_config('synchronous_commit', 'off', true)) as faster\n  where o.ctid = found.place\n)\nselect o.slot, o.id, o.event_id as \"eventId\", o.key, o.value, o.created_at as \"createdAt\"\nfrom unnest(:slots!::integer[]) as wanted (slot)\n  cross join lateral (\n    select *, row_number() over (order by id) as turn\n    from shop.order_outbox\n    where order_outbox.slot = wanted.slot and order_outbox.id not in (select unnest(:movedIds!::bigint[]))\n    order by id\n    limit :rowsPerSlot!\n  ) o\norder by o.turn, o.id\nlimit :rows!"};

/**
 * Query generated from SQL:
 * ```
 * with removed as (
 *   delete from shop.order_outbox o
 *   using
 *     unnest(:movedSlots!::integer[], :movedIds!::bigint[]) as moved (slot, id)
 *       cross join lateral (
 *         select w.ctid as place from shop.order_outbox w where w.slot = moved.slot and w.id = moved.id offset 0
 *       ) as found,
 *     -- Need not be durable: records that reappear after a crash of Postgres are sent again.
 *     (select set_config('synchronous_commit', 'off', true)) as faster
 *   where o.ctid = found.place
 * )
 * select o.slot, o.id, o.event_id as "eventId", o.key, o.value, o.created_at as "createdAt"
 * from unnest(:slots!::integer[]) as wanted (slot)
 *   cross join lateral (
 *     select *, row_number() over (order by id) as turn
 *     from shop.order_outbox
 *     where order_outbox.slot = wanted.slot and order_outbox.id not in (select unnest(:movedIds!::bigint[]))
 *     order by id
 *     limit :rowsPerSlot!
 *   ) o
 * order by o.turn, o.id
 * limit :rows!
 * ```
 */
export const readOrderOutbox = new PreparedQuery<IReadOrderOutboxParams,IReadOrderOutboxResult>(readOrderOutboxIR);


