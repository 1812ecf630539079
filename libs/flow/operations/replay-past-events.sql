/*
  Replays the next batch of an endpoint's past events on a shard, fenced like an outcome: of the next :scanned events in the
  order of acceptance, at most :changed that match. A dead letter becomes pending again, at its own sequence. What was delivered
  gets a new delivery, with its lane's next sequence; not while a delivery of it is pending. The same statement writes where the
  next batch begins. What had its outcome after the replay was asked for is not part of it.
  :firstId is the least id that the replay may have. By "event_ids", the id as an array of one, no partitions are pruned at run
  time (docs/design.md, Storage).
  Result: whether the fence held, whether the replay has ended on the shard, the lanes that have changed, and how many
  deliveries without a lane are pending again.
*/
/* @name replayPastEvents */
with fence as (
  select l.shard
  from shard_leases l
  where l.shard = :shard! and l.epoch = :epoch!
  for key share of l
),
job as (
  select
    s.after_sequence, r.tenant, r.endpoint, r.entity, r.type, r.accepted_from, r.accepted_to, r.created_at,
    uuid_floor(r.accepted_to + interval '1 hour') as end_id,
    p.deleted_at is not null as deleted
  from fence f
    join replay_shards s on s.shard = f.shard and s.replay = :replay!
    join replays r on r.id = s.replay
    join endpoints p on p.id = r.endpoint
  where s.finished_at is null
  for no key update of s
),
scanned as materialized (
  select e.*, row_number() over (order by e.accept_seq) as place
  from job j
    cross join lateral (
      select id, tenant, accept_seq, accepted_at, type, entity
      from events
      where events.shard = :shard! and events.id >= :firstId! and events.accept_seq > j.after_sequence
      order by events.accept_seq
      limit :scanned!
    ) e
  where not j.deleted
),
covered as materialized (
  select s.id, array[s.id] as event_ids, s.place
  from scanned s
    cross join job j
  where
    s.tenant = j.tenant and s.accepted_at >= j.accepted_from and s.accepted_at < j.accepted_to
    and s.entity = coalesce(j.entity, s.entity) and s.type = coalesce(j.type, s.type)
),
matching as materialized (
  select c.id, c.event_ids, c.place, d.*
  from covered c
    cross join job j
    cross join lateral (
      select
        max(replay) + 1 as next_replay, max(lane) as lane,
        bool_and(status in ('delivered', 'discarded') and finished_at <= j.created_at)
          and (array_agg(status order by replay desc))[1] = 'delivered' as is_new,
        array_agg(replay) filter (where status = 'dead' and finished_at <= j.created_at) as dead
      from deliveries
      where deliveries.event_id = any(c.event_ids) and deliveries.event_id >= :firstId! and deliveries.endpoint = j.endpoint
      offset 0
    ) d
  where d.is_new or d.dead is not null
  order by c.place
  limit :changed!
),
reached as (
  select s.accept_seq
  from scanned s
  where s.place = case
    when (select count(*) from matching) = :changed! then (select max(place) from matching)
    else (select max(place) from scanned)
  end
),
replayed as (
  update deliveries d
  set status = 'pending', replayed_attempts = d.attempts, dead_reason = null, finished_at = null, next_attempt_at = null
  from matching m
    cross join job j
  where d.event_id = any(m.event_ids) and d.event_id >= :firstId! and d.endpoint = j.endpoint and d.replay = any(m.dead) and d.status = 'dead'
  returning d.lane, d.sequence
),
by_lane as (
  select lane, sum(replays)::integer as replays, sum(added)::integer as added
  from (
      select lane, 1 as replays, 0 as added from replayed
      union all
      select lane, 0, 1 from matching where is_new
    ) x
  where lane is not null
  group by lane
),
locked as (
  -- In the order in which admissions and outcomes lock lanes.
  select l.id, exists (select from replayed r where r.lane = l.id and r.sequence = l.halted_sequence) as resumes
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
    halted_sequence = case when k.resumes then null else l.halted_sequence end,
    marked_at = case when k.resumes then now() else l.marked_at end
  from by_lane b
    join locked k on k.id = b.lane
  where l.id = b.lane
  returning l.id, l.tail_sequence, b.added
),
added as (
  insert into deliveries (event_id, endpoint, replay, tenant, shard, lane, sequence)
  select
    m.id, j.endpoint, m.next_replay, j.tenant, :shard!, m.lane,
    c.tail_sequence - c.added + row_number() over (partition by m.lane order by m.place)
  from matching m
    cross join job j
    left join changed_lanes c on c.id = m.lane
  where m.is_new
  returning lane
),
progress as (
  update replay_shards s
  set
    after_sequence = coalesce(r.accept_seq, s.after_sequence),
    applied = s.applied + (select count(*) from replayed) + (select count(*) from added),
    finished_at = case
      -- Nothing behind it, or all that follows was minted after the range, by any clock.
      when (select count(*) from matching) < :changed! and (
        (select count(*) from scanned) < :scanned! or not exists (select from scanned where id < j.end_id)
      ) then now()
    end
  from job j
    left join reached r on true
  where s.replay = :replay! and s.shard = :shard!
  returning s.finished_at
)
select
  (select count(*) from fence)::integer = 1 as held,
  -- Nothing left to do, or finished before.
  (select count(*) from progress where finished_at is null)::integer = 0 as finished,
  array(select id from changed_lanes) as lanes,
  (select count(*) from replayed where lane is null)::integer
    + (select count(*) from added where lane is null)::integer as unordered;
