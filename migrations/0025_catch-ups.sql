-- Up Migration

-- Gives up rather than let every insert of running gateways wait behind it; the start tries again.
set local lock_timeout = '2s';

-- Endpoints that begin in the past: a catch-up routes the events that are kept, then admission routes what is new.

-- One row for each endpoint that was created with a time to start at.
create table catch_ups (
  -- No foreign key, like deliveries.
  endpoint integer primary key,
  tenant text not null,
  -- Only events accepted at this time or later; '-infinity': every event that is kept.
  from_at timestamptz not null,
  -- The same, or when the first event was accepted that was kept at the creation.
  first_at timestamptz not null,
  -- Where acceptance was at that time, for estimates only.
  first_seq bigint not null,
  -- Shards that have not finished.
  open_shards integer not null,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  -- When the endpoint's event types or its filter last changed: the ledger does not know from the settings what was to be
  -- routed before.
  rerouted_at timestamptz
) with (fillfactor = 50);
create index catch_ups_open on catch_ups (tenant) where finished_at is null;

-- As before, and the lowest id of all for a moment before 1970: the bits of a negative number would be those of the highest.
create or replace function uuid_floor(at timestamptz) returns uuid
  language sql immutable strict parallel safe
  return (lpad(to_hex(greatest(0, extract(epoch from at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;

-- The lowest id that the events of a catch-up can have, at the beginning of a day: reading in the order of acceptance then
-- leaves out whole partitions, and no row of the others. The hour allows for clocks that differ: ids have a gateway's time.
create function catch_up_floor(first_at timestamptz) returns uuid
  language sql immutable strict parallel safe
  return uuid_floor(date_trunc('day', first_at - interval '1 hour', 'UTC'));

-- How far each shard's owner has come. Every event of the shard up to `position` was looked at, and routed to the endpoint if
-- it was admitted. What is admitted later is routed by its admission if it is not behind that place.
create table catch_up_shards (
  endpoint integer not null references catch_ups,
  shard integer not null,
  tenant text not null,
  position bigint not null default 0,
  -- When the event at `position` was accepted.
  reached_at timestamptz,
  -- Events of the tenant from `from_at` on that were looked at; those of them that were routed.
  examined bigint not null default 0,
  routed bigint not null default 0,
  -- From here on, admission routes all events to the endpoint.
  finished_at timestamptz,
  primary key (endpoint, shard)
) with (fillfactor = 50);
create index catch_up_shards_open on catch_up_shards (shard) where finished_at is null;

alter table shard_cursors
  -- Counts the shard's admissions and steps of catch-ups. Each locks the row, and is refused if the number has changed since
  -- its snapshot: so they are serial, and each sees what the ones before it have done.
  add column turn bigint not null default 0;

-- For a statement that has waited for another one of its shard. It may succeed when it runs again at once.
create function refuse_outdated_snapshot(shard integer) returns boolean
  language plpgsql as $$
begin
  raise exception 'Shard % has changed since this statement began', shard using errcode = 'serialization_failure';
end
$$;

alter table deliveries
  -- True: routed by the endpoint's catch-up, and therefore in no event's routes. Null: routed by admission, or a replay.
  add column caught_up boolean;
select thin_statistics('deliveries');

create or replace view kept_events as
select * from events
where id >= (select end_id from retiring) or id < (select first_id from retiring);

create or replace view kept_inbox as
select * from inbox
where event_id >= (select end_id from retiring) or event_id < (select first_id from retiring);

create or replace view kept_deliveries as
select * from deliveries
where event_id >= (select end_id from retiring) or event_id < (select first_id from retiring);

alter table retired_deliveries
  -- Of these, routed by the endpoint's catch-up.
  add column caught_up bigint not null default 0;

create function note_rerouting() returns trigger
  language plpgsql as $$
begin
  update catch_ups set rerouted_at = now() where endpoint = new.id;
  return null;
end
$$;
create trigger note_rerouting after update of event_types, filter on endpoints
  for each row when (old.event_types is distinct from new.event_types or old.filter is distinct from new.filter)
  execute function note_rerouting();

-- An endpoint's catch-up as the outside sees it; null if the endpoint began with what was new.
--   position    everything accepted up to this time was looked at
--   remaining   an estimate: events behind each shard's place, as many of them as of those that were looked at so far
create function catch_up_of(endpoint integer) returns jsonb
  language sql stable
  return (
    select
      jsonb_build_object(
        'from', c.first_at,
        'routed', s.routed,
        'remaining', round(s.behind * (s.routed + 1) / (s.examined + 1)),
        'position', coalesce(c.finished_at, greatest(s.lowest, c.first_at)),
        'startedAt', c.started_at,
        'finishedAt', c.finished_at
      )
    from catch_ups c
      cross join lateral (
        select
          sum(routed) as routed, sum(examined) as examined,
          min(coalesce(reached_at, '-infinity')) filter (where finished_at is null) as lowest,
          coalesce(
            sum(
              greatest(0, (select last_value from accept_seq) - greatest(position, c.first_seq))
                / (select shards from installation)::numeric
            ) filter (where finished_at is null),
            0
          ) as behind
        from catch_up_shards
        where catch_up_shards.endpoint = c.endpoint
      ) s
    where c.endpoint = catch_up_of.endpoint
  );

-- Replays of past events of an endpoint ------------------------------------------------------------------------------

alter table replays
  -- Also what was delivered to `endpoint`, as new deliveries, in the order of acceptance. The place of each shard is then
  -- replay_shards.after_sequence: events up to this accept_seq were looked at.
  add column delivered boolean not null default false;
create index replays_delivered on replays (endpoint, created_at) where delivered;

-- The replay of an endpoint's past events that asks for the same, and is running or was asked for in the last ten seconds: a
-- second click starts no other one. Waits for requests of the endpoint at the same time, and sees what they have created,
-- unlike the statement that calls it.
create function equal_replay(endpoint integer, entity text, type text, accepted_from timestamptz, accepted_to timestamptz) returns setof replays
  language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtext('lockstep.replays'), equal_replay.endpoint);
  return query
    select r.*
    from replays r
    where
      r.delivered and r.endpoint = equal_replay.endpoint
      and r.accepted_from = equal_replay.accepted_from and r.accepted_to = equal_replay.accepted_to
      and r.entity is not distinct from equal_replay.entity and r.type is not distinct from equal_replay.type
      and (
        r.created_at > now() - interval '10 seconds'
        or exists (select from replay_shards s where s.replay = r.id and s.finished_at is null)
      )
    order by r.created_at desc
    limit 1;
end
$$;
