-- Up Migration

-- What becomes of a day whose LOCKSTEP_RETENTION is over. A gateway takes these steps, one day after the other:
--   1. the day's partitions are frozen: nothing of it can be opened any more;
--   2. nothing of it is open (pending, not admitted, on its way to Kafka, head of a halted lane, asked to be replayed);
--   3. one statement adds what is in them to the retired_* tables and writes the day's row in retired_days. From that
--      commit on the day is retired: it counts there, and no more in its partitions, however long these stay;
--   4. the partitions are detached concurrently and dropped, events first; then the row gets its dropped_at.
-- A crash before 3 leaves a frozen day, which is thawed or retired by the next run; one after it, a row without
-- dropped_at, whose partitions the next run drops. The day's row is the key: nothing can be counted twice.

create table retired_days (
  day date primary key,
  -- All its events were admitted; all its deliveries had their outcome.
  events bigint not null,
  deliveries bigint not null,
  retired_at timestamptz not null default now(),
  -- Null: its partitions, or some of them, are still there.
  dropped_at timestamptz
);
-- One at a time, so that one pair of bounds tells what to leave out of the partitions (view `retiring`).
create unique index retired_days_open on retired_days ((dropped_at is null)) where dropped_at is null;

-- Events of retired days: accepted, and each of them admitted.
create table retired_events (
  tenant text primary key,
  events bigint not null
);

-- Deliveries of retired days by their outcome, replays among them.
create table retired_deliveries (
  endpoint integer primary key,
  tenant text not null,
  delivered bigint not null,
  dead bigint not null,
  discarded bigint not null
);

-- Deliveries of retired days by lane: how many, and which. Not columns of `lanes`: adding a day up would lock each of
-- its lanes' rows against admissions and outcomes.
create table retired_lanes (
  lane bigint primary key,
  tenant text not null,
  deliveries bigint not null,
  -- bit_xor(hashint8extended(sequence, lane) # hashint8extended(sequence - 1, lane)) of them: with that of the lane's
  -- deliveries that are there it is that of 1 … tail_sequence, hash(0) # hash(tail_sequence).
  fingerprint bigint not null
);

-- The bounds of the day that is retired and has partitions yet; both the lowest id of all when there is none.
create view retiring as
select
  coalesce(
    (select uuid_floor(day::timestamp at time zone 'utc') from retired_days where dropped_at is null),
    '00000000-0000-0000-0000-000000000000'
  ) as first_id,
  coalesce(
    (select uuid_floor((day + 1)::timestamp at time zone 'utc') from retired_days where dropped_at is null),
    '00000000-0000-0000-0000-000000000000'
  ) as end_id;

-- What is not retired: for whoever adds retired_* to it.
create view kept_events as
select * from events
where id >= (select end_id from retiring) or id < (select first_id from retiring);

create view kept_inbox as
select * from inbox
where event_id >= (select end_id from retiring) or event_id < (select first_id from retiring);

create view kept_deliveries as
select * from deliveries
where event_id >= (select end_id from retiring) or event_id < (select first_id from retiring);

create view kept_attempts as
select * from attempts
where event_id >= (select end_id from retiring) or event_id < (select first_id from retiring);

-- A day is not retired while a halted lane stands at a delivery of it.
create index lanes_halted on lanes (id) where halted_sequence is not null;

-- Freezing --------------------------------------------------------------------------------------------------------

-- What would open something of a frozen day: a new event, admission or delivery, another state of a delivery that had
-- its outcome. Outcomes of what is pending are let through: a dispatcher commits them together with those of other days,
-- which must not wait; and while there is one the day is not retired.
-- 55006 (object_in_use): "not now", for gateways and dispatchers alike. When it is asked again the day is thawed, or the
-- row is gone; of a day that is retired and only waits to be dropped, it is gone already.
create function refuse_change() returns trigger
  language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if tg_table_name like 'deliveries%' then
      if old.status = 'pending' then return new; end if;
    end if;
    if exists (select from retired_days where day = to_date(right(tg_table_name, 8), 'YYYYMMDD')) then return null; end if;
  end if;
  raise exception 'The day of this row is being retired (%)', tg_table_name using errcode = 'object_in_use';
end
$$;

-- Freezes a day's partition of a table, or thaws it. A trigger, because other days pay nothing for it, and because its
-- lock (SHARE ROW EXCLUSIVE) waits for all who have written there and for no reader; so it waits a moment at most, and
-- gives up rather than let others queue behind it.
create function freeze_partition(parent text, day date, frozen boolean) returns void
  language plpgsql set lock_timeout = '500ms' as $$
declare
  child text := parent || '_' || to_char(day, 'YYYYMMDD');
  enabled boolean;
begin
  if to_regclass(child) is null then return; end if;
  select tgenabled <> 'D' into enabled from pg_trigger where tgrelid = child::regclass and tgname = 'refuse_change';
  if enabled is null and frozen then
    execute format(
      'create trigger refuse_change before insert or update or delete on %I for each row execute function refuse_change()', child);
  elsif enabled <> frozen then
    execute format('alter table %I %s trigger refuse_change', child, case when frozen then 'enable' else 'disable' end);
  end if;
end
$$;

-- Partitions ------------------------------------------------------------------------------------------------------

-- As before, but: a table of the right name that is not attached is an error now, where it was taken for the partition,
-- and events of its day would have been refused; and it gives up when others lock a table for long.
create or replace function ensure_partitions(day date) returns integer
  language plpgsql set lock_timeout = '2s' as $$
declare
  parent text;
  child text;
  storage text;
  made integer := 0;
begin
  perform pg_advisory_xact_lock(hashtext('lockstep.partitions'));
  foreach parent in array array['events', 'inbox', 'deliveries', 'attempts'] loop
    child := parent || '_' || to_char(day, 'YYYYMMDD');
    continue when exists (select from pg_inherits where inhparent = parent::regclass and inhrelid = to_regclass(child));
    -- Deliveries are rewritten once, at their outcome.
    storage := case parent when 'deliveries' then 'with (fillfactor = 85)' else '' end;
    execute format(
      'create table %I (like %I including defaults including constraints including indexes including storage) %s',
      child, parent, storage);
    execute format('alter table %I attach partition %I for values from (%L) to (%L)', parent, child,
      uuid_floor(day::timestamp at time zone 'utc'), uuid_floor((day + 1)::timestamp at time zone 'utc'));
    made := made + 1;
  end loop;
  return made;
end
$$;
