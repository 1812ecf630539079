-- Up Migration

-- In earlier releases these tables were among Lockstep's. Lockstep's migration 0009 drops those that are empty; rows
-- that are there move here. The lock waits for transactions of an orders process that still runs, and refuses its later
-- ones. A start that does not get the lock in time tries again.
do $$
declare
  old_tables constant text[] := array['orders', 'order_outbox', 'payments_inbox', 'payment_totals', 'order_steps', 'payments', 'shipments'];
  old_table text;
begin
  if exists (select from unnest(old_tables) as name where to_regclass('public.' || name) is null) or to_regtype('public.saga_step') is null then
    return;
  end if;
  set local lock_timeout = '1s';
  foreach old_table in array old_tables loop
    execute format('lock table public.%I in access exclusive mode', old_table);
  end loop;

  insert into orders (id, user_id, amount, status, created_at, updated_at)
    select id, user_id, amount, status::text::order_status, created_at, updated_at from public.orders;
  insert into order_outbox (slot, id, event_id, key, value, created_at) overriding system value
    select slot, id, event_id, key, value, created_at from public.order_outbox;
  -- Later records get higher numbers, so that a slot's records keep their order.
  perform setval(pg_get_serial_sequence('order_outbox', 'id'), nextval(pg_get_serial_sequence('public.order_outbox', 'id')));
  insert into payments_inbox (event_id, order_id, user_id, amount, received_at, expires_at)
    select event_id, order_id, user_id, amount, received_at, expires_at from public.payments_inbox;
  insert into payment_totals (user_id, orders, amount)
    select user_id, orders, amount from public.payment_totals;
  insert into order_steps (order_id, step, status, attempts, due_at, settled_at)
    select order_id, step::text::saga_step, status::text::saga_step_status, attempts, due_at, settled_at from public.order_steps;
  insert into payments (id, order_id, amount) select id, order_id, amount from public.payments;
  insert into shipments (id, order_id) select id, order_id from public.shipments;

  drop table public.orders, public.order_outbox, public.payments_inbox, public.payment_totals, public.order_steps, public.payments, public.shipments;
  drop type public.order_status, public.saga_step, public.saga_step_status;
end
$$;
