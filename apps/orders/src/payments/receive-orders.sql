/*
  The transactional inbox: stores events and applies their effects, in one statement and so in one transaction. Ignores
  events that are stored already, repeated in the batch, or of unknown orders. A second event of an order has no effects.

  Inserts in sorted order, so that two members with the same events do not deadlock. Returns the number of new events.
*/
/* @name receiveOrders */
with received as (
  insert into shop.payments_inbox (event_id, order_id, user_id, amount, expires_at)
  select e.event_id, o.id, o.user_id, o.amount, now() + :retentionMs!::float8 * interval '1 millisecond'
  from unnest(:eventIds!::uuid[], :orderIds!::uuid[]) as e (event_id, order_id)
    join shop.orders o on o.id = e.order_id
  order by e.event_id
  on conflict do nothing
  returning order_id
),
begun as (
  insert into shop.order_steps (order_id, step)
  select order_id, 'payment' from received
  order by order_id
  on conflict do nothing
  returning order_id
),
summed as (
  insert into shop.payment_totals as total (user_id, orders, amount)
  select o.user_id, count(*), sum(o.amount)
  from begun
    join shop.orders o on o.id = begun.order_id
  group by o.user_id
  order by o.user_id
  on conflict (user_id) do update set orders = total.orders + excluded.orders, amount = total.amount + excluded.amount
)
select count(*)::integer as "received!" from received;
