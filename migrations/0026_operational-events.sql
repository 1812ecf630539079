-- Up Migration

-- Gives up rather than let every insert of running gateways wait behind it; the start tries again.
set local lock_timeout = '2s';

-- Operational events: what Lockstep tells a tenant's endpoints about its endpoints and sources.

-- What an endpoint may have in `event_types` to get this type: `order.paid` → {*,order.*,order.paid}. `*` does not name
-- operational events, whose types begin with `lockstep.`; `lockstep.*` does.
create or replace function event_type_patterns(type text) returns text[]
  language sql immutable strict parallel safe
  return case when starts_with(type, 'lockstep.') then array[type] else array['*', type] end || array(
    select array_to_string((string_to_array(type, '.'))[1:n], '.') || '.*'
    from generate_series(1, array_length(string_to_array(type, '.'), 1) - 1) as n
  );

create function names_operational_events(event_types text[]) returns boolean
  language sql immutable strict parallel safe
  return exists (select from unnest(event_types) as t (pattern) where starts_with(t.pattern, 'lockstep.'));

-- Few endpoints name operational events. Their index is empty for all other tenants, so that looking for one costs nothing.
create index endpoints_operational on endpoints (tenant) where deleted_at is null and names_operational_events(event_types);
create view operational_subscriptions as
  select tenant, id as endpoint, event_types
  from endpoints
  where deleted_at is null and destination_of is null and names_operational_events(event_types);

-- Operational events that are not accepted yet. The statement that causes an event writes its row, if an endpoint gets it;
-- a gateway turns rows into events, in their order.
create table operational_events (
  id bigint generated always as identity primary key,
  tenant text not null,
  type text not null,
  -- The endpoint (`ep_…`) or source (`src_…`) that the event is about.
  entity text not null,
  data jsonb not null,
  at timestamptz not null default now()
);
-- A queue, which is empty again and again (0008).
alter table operational_events set (vacuum_truncate = off);

-- Numbers over time. Processes count in memory and add what they counted every ten seconds, never a row for each event.

-- The sum of two histograms, bucket by bucket.
create function add_buckets(a bigint[], b bigint[]) returns bigint[]
  language sql immutable strict parallel safe
  return array(select coalesce(t.x, 0) + coalesce(t.y, 0) from unnest(a, b) with ordinality as t (x, y, place) order by t.place);
create aggregate sum_buckets(bigint[]) (sfunc = add_buckets, stype = bigint[], initcond = '{}');

create table samples (
  -- What the number is about, such as `endpoint/17`.
  subject text not null,
  -- In seconds: 60, kept for two days, or 3600, kept as long as events. Each number is added to one row of either.
  step integer not null,
  -- The beginning of the step, by the clock of the process.
  at timestamptz not null,
  -- What is counted or measured, such as `attempts.2xx` or `latency`.
  measure text not null,
  count bigint not null,
  -- Of the values that were measured; 0 for counts.
  sum double precision not null,
  -- The values as a histogram of libs/domain/log-histogram.ts; empty for counts.
  buckets bigint[] not null,
  primary key (subject, step, at, measure)
  -- 70: a row changes every ten seconds while it is new.
) with (fillfactor = 70);
create index samples_expired on samples (step, at);

-- The last flush of each process, so that one whose answer was lost adds its numbers once.
create table sample_flushes (
  process uuid primary key,
  number bigint not null,
  flushed_at timestamptz not null default now()
) with (fillfactor = 50);
