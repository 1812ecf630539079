/*
  routes_differ            an inbox row's number of routes is not the number of its deliveries with replay 0
  delivery_without_inbox   deliveries of an event that was never admitted

  Grouping all deliveries by event took most of the whole check's time. So a shard's events are summed first: their ids'
  hashes × routes must be the sum of its deliveries' hashes, one pass over each table. Only shards whose sums differ are
  recounted event by event. The hash has 48 bits, so that times the routes it stays a bigint.
*/
/* @name checkRoutes */
with promised as (
  select shard, sum(routes * (uuid_hash_extended(event_id, 0) >> 16)) as fingerprint
  from kept_inbox
  group by shard
),
made as (
  select shard, sum(uuid_hash_extended(event_id, 0) >> 16) as fingerprint
  from kept_deliveries
  where replay = 0
  group by shard
),
suspect as materialized (
  select coalesce(p.shard, m.shard) as shard
  from promised p
    full join made m on m.shard = p.shard
  where coalesce(p.fingerprint, 0) <> coalesce(m.fingerprint, 0)
),
recounted as (
  select i.event_id as admitted, coalesce(i.event_id, d.event_id) as event_id, d.endpoint, 0 as replay
  from (
      select i.event_id, i.routes
      from suspect s
        join kept_inbox i on i.shard = s.shard
    ) i
    full join (
      select d.event_id, count(*) as routes, min(d.endpoint) as endpoint
      from suspect s
        join kept_deliveries d on d.shard = s.shard
      where d.replay = 0
      group by d.event_id
    ) d on d.event_id = i.event_id
  where i.event_id is null or i.routes <> coalesce(d.routes, 0)
),
found as (
  select
    case when admitted is null then 'delivery_without_inbox' else 'routes_differ' end as kind, event_id, endpoint, replay
  from recounted
  union all
  -- Replays are in no event's routes.
  select 'delivery_without_inbox', d.event_id, min(d.endpoint), min(d.replay)
  from kept_deliveries d
  where d.replay <> 0 and not exists (select from inbox i where i.event_id = d.event_id)
  group by d.event_id
),
offending as (
  select distinct on (kind, event_id) *
  from found
  order by kind, event_id, replay
),
counted as (
  select
    *,
    count(*) over (partition by kind) as total,
    row_number() over (partition by kind order by event_id) as place
  from offending
)
select kind as "kind!", total as "total!", event_id as "eventId!", endpoint as "endpoint?", replay as "replay?"
from counted
where place <= :examples!::integer
order by kind, place;
