/*
  Deliveries and attempts of events with ids in [:from, :to) that do not agree:

  attempts_differ             the attempts on record are not 1 … the delivery's number of attempts, or a delivered or
                              dead one has none
  delivered_without_success   the last attempt of a delivered one has no 2xx
  pending_with_success        a pending one has an attempt with a 2xx
  two_outcomes                a dead or discarded one has an attempt with a 2xx, or a delivered one has several

  Most deliveries have one attempt, the last: each is joined to that, and only the attempts before it, which match
  nothing then, are grouped.
*/
/* @name checkAttempts */
with asked as (
  select event_id, endpoint, replay, tenant, status, attempts
  from kept_deliveries
  where event_id >= :from!::uuid and event_id < :to!::uuid
),
odd as materialized (
  select
    coalesce(d.event_id, a.event_id) as event_id, coalesce(d.endpoint, a.endpoint) as endpoint,
    coalesce(d.replay, a.replay) as replay, coalesce(d.tenant, a.tenant) as tenant, d.status, a.number,
    coalesce(a.status_code between 200 and 299, false) as success
  from asked d
    full join (select * from kept_attempts where event_id >= :from!::uuid and event_id < :to!::uuid) a
      on a.event_id = d.event_id and a.endpoint = d.endpoint and a.replay = d.replay and a.number = d.attempts
  where
    d.event_id is null
    or (a.event_id is null and (d.attempts <> 0 or d.status in ('delivered', 'dead')))
    or (d.status = 'delivered' and coalesce(a.status_code not between 200 and 299, true))
    or (d.status <> 'delivered' and a.status_code between 200 and 299)
),
earlier as (
  select
    event_id, endpoint, replay, min(tenant) as tenant, count(*) as attempts, min(number) as first, max(number) as last,
    bool_or(success) as success
  from odd
  where status is null
  group by event_id, endpoint, replay
),
retried as (
  select
    coalesce(d.event_id, e.event_id) as event_id, coalesce(d.endpoint, e.endpoint) as endpoint,
    coalesce(d.replay, e.replay) as replay, coalesce(d.tenant, e.tenant) as tenant, d.status, e.success,
    -- Also when the attempts belong to a delivery that has none, or is not there.
    coalesce(e.first <> 1 or e.last <> d.attempts - 1 or e.attempts <> d.attempts - 1, true) as differ
  from (select * from asked where attempts > 1) d
    full join earlier e on e.event_id = d.event_id and e.endpoint = d.endpoint and e.replay = d.replay
),
offending as (
  select 'attempts_differ' as kind, tenant, event_id, endpoint, replay
  from odd
  where status is not null and number is null
  union
  select 'attempts_differ', tenant, event_id, endpoint, replay
  from retried
  where differ
  union
  select 'delivered_without_success', tenant, event_id, endpoint, replay
  from odd
  where status = 'delivered' and not success
  union
  select case status when 'pending' then 'pending_with_success' else 'two_outcomes' end, tenant, event_id, endpoint, replay
  from odd
  where status <> 'delivered' and success
  union
  select case status when 'pending' then 'pending_with_success' else 'two_outcomes' end, tenant, event_id, endpoint, replay
  from retried
  where status is not null and success
),
counted as (
  select
    *,
    count(*) over (partition by kind, tenant) as total,
    row_number() over (partition by kind, tenant order by event_id, endpoint, replay) as place
  from offending
)
select
  kind as "kind!", tenant as "tenant!", total as "total!", event_id as "eventId!", endpoint as "endpoint!",
  replay as "replay!"
from counted
where place <= :examples!::integer
order by kind, tenant, place;
