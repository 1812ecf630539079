/*
  Discards up to :limit pending deliveries of a deleted endpoint on one shard, lowest sequences first, fenced like an
  outcome. Only while no attempt to that endpoint is in flight on the shard.
  By "event_ids", the id as an array of one, no partitions are pruned at run time (docs/design.md, Storage).
*/
/* @name discardEndpoint */
with fence as (
  select l.shard
  from shard_leases l
  where l.shard = :shard! and l.epoch = :epoch!
  for key share of l
),
waiting as materialized (
  select array[d.event_id] as event_ids, d.endpoint, d.replay
  from deliveries d
  where d.shard = :shard! and d.status = 'pending' and d.endpoint = :endpoint!
    and exists (select from endpoints p where p.id = d.endpoint and p.deleted_at is not null)
  order by d.lane, d.sequence
  limit :limit!
),
discarded as (
  update deliveries d
  set status = 'discarded', next_attempt_at = null, finished_at = now()
  from fence, waiting w
  where d.event_id = any(w.event_ids) and d.endpoint = w.endpoint and d.replay = w.replay and d.status = 'pending'
  returning d.lane, d.sequence
),
locked as (
  -- In the order in which admissions and outcomes lock lanes.
  select l.id
  from lanes l
  where l.id in (select lane from discarded)
  order by l.endpoint, l.entity
  for no key update
),
closed as (
  update lanes l
  set
    closed_sequence = greatest(l.closed_sequence, x.last),
    replays = l.replays - x.replays
  from (
    select d.lane, max(d.sequence) as last, count(*) filter (where d.sequence <= c.closed_sequence) as replays
    from discarded d
      join lanes c on c.id = d.lane
    group by d.lane
  ) x
    join locked k on k.id = x.lane
  where l.id = x.lane
)
select
  (select count(*) from fence)::integer = 1 as held,
  (select count(*) from discarded)::integer as discarded;
