-- Up Migration

-- Drops the tables that 0006 made for the orders example, where they hold no row. If one of them does, all of them stay
-- as they are, because they belong together: the example moves them into its own schema when it next starts.
--
-- A table by one of these names may be the operator's own. Only a database that has all seven has applied the old 0006.
do $$
declare
  old_tables constant text[] := array['orders', 'order_outbox', 'payments_inbox', 'payment_totals', 'order_steps', 'payments', 'shipments'];
  old_table text;
  has_rows boolean;
begin
  if exists (select from unnest(old_tables) as name where to_regclass(name) is null) or to_regtype('saga_step') is null then
    return;
  end if;
  -- The lock keeps inserts out between the check and the drop. It does not hold up a running orders process for long.
  set local lock_timeout = '500ms';
  foreach old_table in array old_tables loop
    execute format('lock table %I in access exclusive mode', old_table);
  end loop;
  foreach old_table in array old_tables loop
    execute format('select exists (select from %I)', old_table) into has_rows;
    if has_rows then
      raise notice 'The tables of the orders example stay, because % has rows. The orders app moves them into its schema at its next start', old_table;
      return;
    end if;
  end loop;
  drop table orders, order_outbox, payments_inbox, payment_totals, order_steps, payments, shipments;
  drop type order_status, saga_step, saga_step_status;
exception
  when lock_not_available or deadlock_detected or dependent_objects_still_exist then
    raise notice 'The tables of the orders example stay, because they are in use: %', sqlerrm;
end
$$;
