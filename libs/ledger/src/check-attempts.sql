/*
  attempts_differ             the attempts on record are not 1 … the delivery's number of attempts, or a delivered or
                              dead one has none
  delivered_without_success   the last attempt of a delivered one has no 2xx
  pending_with_success        a pending one has an attempt with a 2xx

  Most deliveries have one attempt, the last: each is joined to that, and only the attempts before it, which match
  nothing then, are grouped.
*/
/* @name checkAttempts */
with odd as materialized (
  select
    coalesce(d.event_id, a.event_id) as event_id, coalesce(d.endpoint, a.endpoint) as endpoint,
    coalesce(d.replay, a.replay) as replay, d.status, a.number,
    coalesce(a.status_code between 200 and 299, false) as success
  from kept_deliveries d
    full join kept_attempts a
      on a.event_id = d.event_id and a.endpoint = d.endpoint and a.replay = d.replay and a.number = d.attempts
  where
    d.event_id is null
    or (a.event_id is null and (d.attempts <> 0 or d.status in ('delivered', 'dead')))
    or (d.status = 'delivered' and coalesce(a.status_code not between 200 and 299, true))
    or (d.status = 'pending' and a.status_code between 200 and 299)
),
earlier as (
  select
    event_id, endpoint, replay, count(*) as attempts, min(number) as first, max(number) as last,
    bool_or(success) as success
  from odd
  where status is null
  group by event_id, endpoint, replay
),
retried as (
  select
    coalesce(d.event_id, e.event_id) as event_id, coalesce(d.endpoint, e.endpoint) as endpoint,
    coalesce(d.replay, e.replay) as replay, d.status, e.success,
    -- Also when the attempts belong to a delivery that has none, or is not there.
    coalesce(e.first <> 1 or e.last <> d.attempts - 1 or e.attempts <> d.attempts - 1, true) as differ
  from (select * from kept_deliveries where attempts > 1) d
    full join earlier e on e.event_id = d.event_id and e.endpoint = d.endpoint and e.replay = d.replay
),
offending as (
  select 'attempts_differ' as kind, event_id, endpoint, replay
  from odd
  where status is not null and number is null
  union
  select 'attempts_differ', event_id, endpoint, replay
  from retried
  where differ
  union
  select 'delivered_without_success', event_id, endpoint, replay
  from odd
  where status = 'delivered' and not success
  union
  select 'pending_with_success', event_id, endpoint, replay
  from odd
  where status = 'pending' and success
  union
  select 'pending_with_success', event_id, endpoint, replay
  from retried
  where status = 'pending' and success
),
counted as (
  select
    *,
    count(*) over (partition by kind) as total,
    row_number() over (partition by kind order by event_id, endpoint, replay) as place
  from offending
)
select kind as "kind!", total as "total!", event_id as "eventId!", endpoint as "endpoint!", replay as "replay!"
from counted
where place <= :examples!::integer
order by kind, place;
