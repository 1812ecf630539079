-- Generates days of old events: accepted, admitted, and delivered to the only endpoint at the first attempt. Everything is
-- derived from an event's number, so that two sessions can fill a day's tables at the same time and agree.
create schema history;

-- The events of a day, numbered from `first`, at an even rate. The id is a UUIDv7 built from two halves: milliseconds and
-- version, then variant and number.
create function history.events_of(day date, first bigint, events bigint) returns table (number bigint, at timestamptz, id uuid)
  language sql stable parallel safe as $$
  select
    n, to_timestamp(ms / 1000.0::float8),
    ('0' || to_hex((ms << 16) | 28672 | (n & 4095)) || to_hex(n | (-9223372036854775808)))::uuid
  from (
    select n, day_ms + (n - first) * 86400000 / events as ms
    from generate_series(first, first + events - 1) as n
      cross join (select extract(epoch from day::timestamp at time zone 'utc')::bigint * 1000 as day_ms) d
  ) as timed
$$;

-- The body that bench/load/event-stream.mjs would produce.
create function history.payload_of(number bigint, entities bigint) returns bytea
  language sql immutable parallel safe
  return convert_to(format(
    '{"type":"order.created","entity":"acct_%s","data":{"object":{"id":"old-%s","entity":"acct_%s","number":%s,"email":"test@example.com","amount":1299,"currency":"usd","status":"paid"}}}',
    number % entities, number, number % entities, number / entities
  ), 'UTF8');

-- Creates an empty table for a day's partition, without indexes, because attaching a full table builds each index in one
-- pass. Autovacuum is off: it would have finished with old days long ago, and must not run during a measurement.
create function history.create_day(parent text) returns void
  language plpgsql as $$
begin
  execute format(
    'create table history.%I (like public.%I including defaults including constraints including storage) with (autovacuum_enabled = false)',
    parent, parent);
end
$$;

create function history.attach_day(parent text, day date) returns void
  language plpgsql as $$
declare
  child text := parent || '_' || to_char(day, 'YYYYMMDD');
begin
  execute format('alter table history.%I rename to %I', parent, child);
  execute format('alter table history.%I set schema public', child);
  execute format('alter table public.%I attach partition public.%I for values from (%L) to (%L)', parent, child,
    uuid_floor(day::timestamp at time zone 'utc'), uuid_floor((day + 1)::timestamp at time zone 'utc'));
end
$$;

-- Writes what the gateway writes. `shards`: the shard of each entity.
create function history.make_events(day date, first bigint, events bigint, shards integer[]) returns void
  language plpgsql as $$
declare
  entities bigint := array_length(shards, 1);
begin
  perform history.create_day('events');
  insert into history.events (id, tenant, accept_seq, shard, type, entity, accepted_at, idempotency_key, content_type, payload)
  select
    id, 'default', number + 1, shards[number % entities + 1], 'order.created', 'acct_' || number % entities, at,
    'old-' || number, 'application/json', history.payload_of(number, entities)
  from history.events_of(day, first, events);
  perform history.attach_day('events', day);
end
$$;

-- Writes what the dispatcher writes, and the idempotency keys. `first_lane`: the lane of entity 0; the others follow.
create function history.make_outcomes(
  day date, first bigint, events bigint, shards integer[], endpoint integer, first_lane bigint, key_retention interval
) returns void
  language plpgsql as $$
declare
  entities bigint := array_length(shards, 1);
begin
  perform history.create_day(parent) from unnest(array['inbox', 'deliveries', 'attempts']) as parent;
  insert into history.inbox (event_id, tenant, shard, routes, admitted_at)
  select id, 'default', shards[number % entities + 1], 1, at
  from history.events_of(day, first, events);
  insert into history.deliveries (event_id, endpoint, tenant, shard, lane, sequence, status, attempts, created_at, finished_at)
  select
    id, make_outcomes.endpoint, 'default', shards[number % entities + 1], first_lane + number % entities, number / entities + 1,
    'delivered', 1, at, at
  from history.events_of(day, first, events);
  insert into history.attempts (event_id, endpoint, replay, number, tenant, epoch, started_at, duration_ms, status_code, response_body)
  select id, make_outcomes.endpoint, 0, 1, 'default', 1, at, 3, 200, 'ok'
  from history.events_of(day, first, events);
  perform history.attach_day(parent, day) from unnest(array['inbox', 'deliveries', 'attempts']) as parent;
  insert into public.idempotency_keys (tenant, key, fingerprint, event_id, accepted_at, expires_at)
  -- The fingerprint is not the payload's, which would have to be built again; old keys are never posted.
  select 'default', 'old-' || number, sha256(int8send(number)), id, at, at + key_retention
  from history.events_of(day, first, events);
end
$$;

-- Creates the endpoint's lanes, one per entity, with all events delivered. Returns the first lane's id.
create function history.make_lanes(events bigint, shards integer[], endpoint integer) returns bigint
  language sql as $$
  with made as (
    insert into public.lanes (tenant, endpoint, entity, shard, tail_sequence, closed_sequence, delivered_sequence)
    select 'default', make_lanes.endpoint, 'acct_' || entity, shards[entity + 1], tail, tail, tail
    from generate_series(0, array_length(shards, 1) - 1) as entity
      cross join lateral (select (events - 1 - entity) / array_length(shards, 1) + 1 as tail) t
    order by entity
    returning id
  )
  select min(id) from made
$$;
