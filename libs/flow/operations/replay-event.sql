/*
  Replays one event on its shard, fenced like an outcome. Its dead letters become pending again. For each endpoint that it
  was delivered to, and where nothing of it is pending or dead, or was delivered since, it gets a new delivery with its
  lane's next sequence; unless the event is requeued. All at once: a second click, or a second owner, brings nothing.
  By "event_ids", the id as an array of one, no partitions are pruned at run time (docs/design.md, Storage).
  Result: whether the fence held, whether the replay has ended on the shard, the lanes that have changed, and how many
  deliveries without a lane are pending again.
*/
/* @name replayEvent */
with fence as (
  select l.shard
  from shard_leases l
  where l.shard = :shard! and l.epoch = :epoch!
  for key share of l
),
job as (
  select r.tenant, array[r.event_id] as event_ids, r.created_at, r.requeue
  from fence f
    join replay_shards s on s.shard = f.shard and s.replay = :replay!
    join replays r on r.id = s.replay
  where s.finished_at is null
  for no key update of s
),
replayed as (
  update deliveries d
  set status = 'pending', replayed_attempts = d.attempts, dead_reason = null, finished_at = null, next_attempt_at = null
  from job j
  where
    d.event_id = any(j.event_ids) and d.tenant = j.tenant and d.shard = :shard! and d.status = 'dead' and d.finished_at <= j.created_at
    -- A deleted endpoint gets nothing any more.
    and exists (select from endpoints p where p.id = d.endpoint and p.deleted_at is null)
  returning d.lane, d.sequence
),
again as (
  select d.event_id, d.endpoint, max(d.replay) + 1 as replay, d.tenant, d.lane
  from job j
    join deliveries d on d.event_id = any(j.event_ids)
    join endpoints p on p.id = d.endpoint and p.deleted_at is null
  where d.tenant = j.tenant and d.shard = :shard! and j.requeue is null
  group by d.event_id, d.endpoint, d.tenant, d.lane
  having
    bool_and(d.status in ('delivered', 'discarded')) and bool_and(d.finished_at <= j.created_at)
    and (array_agg(d.status order by d.replay desc))[1] = 'delivered'
),
by_lane as (
  select lane, count(*) as replays, array_agg(sequence) as sequences, 0 as added
  from replayed
  where lane is not null
  group by lane
  union all
  select lane, 0, '{}', 1
  from again
  where lane is not null
),
locked as (
  -- In the order in which admissions and outcomes lock lanes.
  select l.id
  from lanes l
  where l.id in (select lane from by_lane)
  order by l.endpoint, l.entity
  for no key update
),
changed_lanes as (
  update lanes l
  set
    replays = l.replays + b.replays,
    tail_sequence = l.tail_sequence + b.added,
    halted_sequence = case when l.halted_sequence = any(b.sequences) then null else l.halted_sequence end,
    marked_at = case when l.halted_sequence = any(b.sequences) then now() else l.marked_at end
  from by_lane b
    join locked k on k.id = b.lane
  where l.id = b.lane
  returning l.id, l.tail_sequence
),
added as (
  insert into deliveries (event_id, endpoint, replay, tenant, shard, lane, sequence)
  select a.event_id, a.endpoint, a.replay, a.tenant, :shard!, a.lane, c.tail_sequence
  from again a
    left join changed_lanes c on c.id = a.lane
  returning lane
),
progress as (
  update replay_shards s
  set applied = s.applied + (select count(*) from replayed) + (select count(*) from added), finished_at = now()
  from job j
  where s.replay = :replay! and s.shard = :shard!
)
select
  (select count(*) from fence)::integer = 1 as held,
  array(select id from changed_lanes) as lanes,
  (select count(*) from replayed where lane is null)::integer
    + (select count(*) from added where lane is null)::integer as unordered;
