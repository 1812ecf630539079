/*
  The transactional inbox: takes in events and does what follows from them, in one statement and so in one transaction.
  An event that is there already, or twice in the batch, does nothing. One whose order is not here begins nothing either:
  somebody else wrote it. Nor does a second event of an order whose saga has begun.

  Sorted, so that two members with the same events wait for each other instead of deadlocking. Returns how many were new.
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
