/*
  inbox_without_event   an inbox row whose event is not there
  event_not_admitted    an event that should have its inbox row and has none

  An event without an inbox row may be on its way: in `outbox`, in Kafka, or in the dispatcher. It is lost when it is
  not in `outbox`, was accepted :boundSeconds before its shard last had nothing left to read, and one of these:
    * the shard has admitted an event that was accepted :boundSeconds after it. The relay and the log keep the order of
      acceptance, so it was passed over;
    * the shard has not read anything for :boundSeconds.
  Without these two, all that the relay sends late, after an hour without Kafka, would look lost between its leaving
  `outbox` and its admission.

  The join reads ids alone, which the primary keys' indexes hold; what it finds is looked up.
*/
/* @name checkAdmissions */
with apart as materialized (
  select e.id, i.event_id
  from kept_events e
    full join kept_inbox i on i.event_id = e.id
  where e.id is null or i.event_id is null
),
unadmitted as materialized (
  select e.id, e.shard, e.accepted_at, c.caught_up_at
  from apart a
    join events e on e.id = a.id
    join shard_cursors c on c.shard = e.shard
    left join outbox o on o.event_id = e.id
  where o.event_id is null and e.accepted_at < c.caught_up_at - :boundSeconds!::float8 * interval '1 second'
),
reached as (
  -- Up to where each of these shards has come: its latest event that was admitted.
  select s.shard, e.accepted_at
  from (select distinct shard from unadmitted) s
    cross join lateral (
      select e.accepted_at
      from events e
        join inbox i on i.event_id = e.id
      where e.shard = s.shard
      order by e.accept_seq desc
      limit 1
    ) e
),
offending as (
  select 'inbox_without_event' as kind, event_id
  from apart
  where id is null
  union all
  select 'event_not_admitted', u.id
  from unadmitted u
    left join reached r on r.shard = u.shard
  where
    u.accepted_at < r.accepted_at - :boundSeconds!::float8 * interval '1 second'
    or u.caught_up_at < now() - :boundSeconds!::float8 * interval '1 second'
),
counted as (
  select
    *,
    count(*) over (partition by kind) as total,
    row_number() over (partition by kind order by event_id) as place
  from offending
)
select kind as "kind!", total as "total!", event_id as "eventId!"
from counted
where place <= :examples!::integer
order by kind, place;
