/*
  Events and inbox rows with ids in [:from, :to) that are not in both tables:

  not_admitted          no violation: how many of a tenant's events wait for their admission
  inbox_without_event   an inbox row whose event is not there
  event_not_admitted    an event that should have its inbox row and has none

  An event without an inbox row may be on its way: in `outbox`, in Kafka, or in the dispatcher. It is lost when it is
  not in `outbox` and one of these:
    * its shard has read its log to the end (:exhausted): read from Kafka after this snapshot, so every event that had
      left `outbox` by then was before that end;
    * its shard has admitted an event that was accepted :boundSeconds after it. The relay and the log keep the order of
      acceptance, so it was passed over;
    * it was accepted :boundSeconds before its shard last had nothing left to read, the shard has read nothing for
      :boundSeconds, and it has an owner. An owner gives its lease back while Kafka is away, so Kafka has had nothing
      for it. 100 renewals: a new owner loads its lanes first, and may find much in Kafka after an outage.
  Without these, all that the relay sends late, after an hour without Kafka, would look lost between its leaving `outbox`
  and its admission. Without Kafka, events that wait there for an owner of their shard cannot be told from lost ones.
*/
/* @name checkAdmissions */
with apart as materialized (
  select e.id, i.event_id, i.tenant
  from (select id from kept_events where id >= :from!::uuid and id < :to!::uuid) e
    full join (select event_id, tenant from kept_inbox where event_id >= :from!::uuid and event_id < :to!::uuid) i
      on i.event_id = e.id
  where e.id is null or i.event_id is null
),
unadmitted as materialized (
  select a.id, e.tenant, e.shard, e.accepted_at
  from apart a
    -- "offset 0" forces a look-up by key for each id, and prevents a scan of all events.
    cross join lateral (select tenant, shard, accepted_at from events where events.id = a.id offset 0) e
),
departed as materialized (
  select u.*
  from unadmitted u
  where not exists (select from outbox o where o.event_id = u.id)
),
bounds as (
  select now() - b.bound as recent, b.bound
  from (select :boundSeconds!::float8 * interval '1 second' as bound) b
),
reached as materialized (
  -- Up to where each of the shards has come in which something is old enough: its latest event that was admitted.
  select s.shard, e.accepted_at
  from (select distinct g.shard from bounds b join departed g on g.accepted_at < b.recent) s
    cross join lateral (
      select e.accepted_at
      from events e
      where e.shard = s.shard and exists (select from inbox i where i.event_id = e.id offset 0)
      order by e.accept_seq desc
      limit 1
    ) e
),
silent as (
  select c.shard, c.caught_up_at - b.bound as accepted_before
  from bounds b
    cross join shard_cursors c
    join shard_leases l on l.shard = c.shard
  where c.caught_up_at < b.recent and l.owner is not null and l.expires_at > now() and l.renewals >= 100
),
offending as (
  select 'inbox_without_event' as kind, tenant, event_id
  from apart
  where id is null
  union all
  select 'event_not_admitted', g.tenant, g.id
  from bounds b
    cross join departed g
    left join reached r on r.shard = g.shard
    left join silent s on s.shard = g.shard
  where
    g.shard = any(:exhausted!::integer[])
    or g.accepted_at < r.accepted_at - b.bound
    or g.accepted_at < s.accepted_before
),
counted as (
  select
    *,
    count(*) over (partition by kind, tenant) as total,
    row_number() over (partition by kind, tenant order by event_id) as place
  from offending
)
select kind as "kind!", tenant as "tenant!", total as "total!", event_id as "eventId!"
from counted
where place <= :examples!::integer
union all
select 'not_admitted', tenant, count(*), (array_agg(id))[1]
from unadmitted
group by tenant
order by 1, 2, 4;
