/*
  Groups a tenant's dead letters (a null parameter matches all) by what is asked for; the groups with the most come first.
  The status code is that of the last attempt. Events and attempts are looked up only if something of them is needed.
  "groups" and "letters" are the numbers of all groups and of all letters in them, also beyond :limit.
*/
/* @name groupDeadLetters */
with letters as (
  select
    case when :byEndpoint!::boolean then d.endpoint end as endpoint,
    case when :byReason!::boolean then d.dead_reason end as reason,
    case when :byStatusCode!::boolean then a.status_code end as status_code,
    case when :byType!::boolean then e.type end as type,
    d.finished_at
  from deliveries d
    -- OFFSET 0: by key, for each dead letter.
    left join lateral (
      select events.type, events.entity, events.accepted_at from events where :needsEvent!::boolean and events.id = d.event_id offset 0
    ) e on true
    left join lateral (
      select attempts.status_code
      from attempts
      where
        :byStatusCode! and attempts.event_id = d.event_id and attempts.endpoint = d.endpoint and attempts.replay = d.replay
        and attempts.number = d.attempts
      offset 0
    ) a on true
  where
    d.status = 'dead' and d.tenant = :tenant! and d.event_id >= :firstId!::uuid and d.event_id < :endId!::uuid
    and (
      :endpointId::uuid is null
      or d.endpoint = (select p.id from endpoints p where p.public_id = :endpointId and p.tenant = :tenant!)
    )
    and (
      not :needsEvent!
      or e.entity = coalesce(:entity, e.entity) and e.type = coalesce(:type, e.type)
        and e.accepted_at >= coalesce(:from, '-infinity'::timestamptz) and e.accepted_at < coalesce(:to, 'infinity'::timestamptz)
    )
),
grouped as (
  select endpoint, reason, status_code, type, count(*) as letters, min(finished_at) as oldest_at, max(finished_at) as newest_at
  from letters
  group by endpoint, reason, status_code, type
)
select
  p.public_id as "endpointId?", g.reason as "reason?", g.status_code as "statusCode?", g.type as "type?", g.letters::integer as "count!",
  g.oldest_at as "oldestAt!", g.newest_at as "newestAt!", (count(*) over ())::integer as "groups!",
  (sum(g.letters) over ())::integer as "letters!"
from grouped g
  left join endpoints p on p.id = g.endpoint
order by g.letters desc, p.public_id, g.reason, g.status_code, g.type
limit :limit!;
