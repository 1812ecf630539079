/*
  Retires a day in one commit: adds its counts to the retired_* tables and inserts its row. The day is frozen and settled,
  so it does not change while it is counted, and its row can be inserted only once. Audited for the whole installation.
*/
/* @name retireDay */
with accepted as (
  select tenant, count(*) as events
  from events
  where id >= :firstId! and id < :endId!
  group by tenant
),
settled as materialized (
  select
    tenant, endpoint, lane, count(*) as deliveries,
    count(*) filter (where status = 'delivered') as delivered,
    count(*) filter (where status = 'dead') as dead,
    count(*) filter (where status = 'discarded') as discarded,
    count(caught_up) as caught_up,
    coalesce(
      bit_xor(hashint8extended(sequence, lane) # hashint8extended(sequence - 1, lane)), 0
    ) as fingerprint
  from deliveries
  where event_id >= :firstId! and event_id < :endId!
  group by tenant, endpoint, lane
),
by_tenant as (
  insert into retired_events (tenant, events)
  select tenant, events from accepted
  on conflict (tenant) do update set events = retired_events.events + excluded.events
),
by_endpoint as (
  insert into retired_deliveries (endpoint, tenant, delivered, dead, discarded, caught_up)
  select endpoint, tenant, sum(delivered), sum(dead), sum(discarded), sum(caught_up)
  from settled
  group by endpoint, tenant
  on conflict (endpoint) do update
    set
      delivered = retired_deliveries.delivered + excluded.delivered,
      dead = retired_deliveries.dead + excluded.dead,
      discarded = retired_deliveries.discarded + excluded.discarded,
      caught_up = retired_deliveries.caught_up + excluded.caught_up
),
by_lane as (
  insert into retired_lanes (lane, tenant, deliveries, fingerprint)
  select lane, tenant, deliveries, fingerprint from settled where lane is not null
  on conflict (lane) do update
    set
      deliveries = retired_lanes.deliveries + excluded.deliveries,
      fingerprint = retired_lanes.fingerprint # excluded.fingerprint
),
retired as (
  insert into retired_days (day, events, deliveries)
  select
    :day!::text::date,
    (select coalesce(sum(events), 0) from accepted),
    (select coalesce(sum(deliveries), 0) from settled)
  returning day, events, deliveries
),
audited as (
  insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)
  select
    null, 'system', 'system', 'Lockstep', 'day.retired', to_char(day, 'YYYY-MM-DD'),
    jsonb_build_object('events', events, 'deliveries', deliveries)
  from retired
)
select events, deliveries from retired;
