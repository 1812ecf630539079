/*
  Removes the given records, which are in Kafka, and reads the next ones of each slot, oldest first. It does not read
  "after the last id", because ids become visible in another order than they were assigned.
*/
/* @name readOrderOutbox */
with removed as (
  delete from shop.order_outbox o
  using
    unnest(:movedSlots!::integer[], :movedIds!::bigint[]) as moved (slot, id)
      cross join lateral (
        select w.ctid as place from shop.order_outbox w where w.slot = moved.slot and w.id = moved.id offset 0
      ) as found,
    -- Need not be durable: records that reappear after a crash of Postgres are sent again.
    (select set_config('synchronous_commit', 'off', true)) as faster
  where o.ctid = found.place
)
select o.slot, o.id, o.event_id as "eventId", o.key, o.value, o.created_at as "createdAt"
from unnest(:slots!::integer[]) as wanted (slot)
  cross join lateral (
    select *, row_number() over (order by id) as turn
    from shop.order_outbox
    where order_outbox.slot = wanted.slot and order_outbox.id not in (select unnest(:movedIds!::bigint[]))
    order by id
    limit :rowsPerSlot!
  ) o
order by o.turn, o.id
limit :rows!;
