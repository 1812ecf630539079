/*
  Replays the next batch of a shard's dead letters, fenced like an outcome: of the next :scanned in the order of their
  lanes, at most :changed that match become pending again. The same statement writes where the next batch begins, so that
  every dead letter is looked at once, whichever owner applies it. What died after the replay was asked for is not part of
  it.
  By "event_ids", the id as an array of one, no partitions are pruned at run time (docs/design.md, Storage).
  Result: whether the fence held, whether the replay has ended on the shard, the lanes that have changed, and how many
  deliveries without a lane are pending again.
*/
/* @name replayDeadLetters */
with fence as (
  select l.shard
  from shard_leases l
  where l.shard = :shard! and l.epoch = :epoch!
  for key share of l
),
job as (
  select
    s.after_lane, s.after_sequence, s.after_event, s.after_endpoint, s.after_replay,
    r.tenant, r.endpoint, r.entity, r.type, r.accepted_from, r.accepted_to, r.created_at
  from fence f
    join replay_shards s on s.shard = f.shard and s.replay = :replay!
    join replays r on r.id = s.replay
  where s.finished_at is null
  for no key update of s
),
scanned as materialized (
  select d.*, array[d.event_id] as event_ids, row_number() over (order by d.lane_key, d.sequence_key, d.event_id, d.endpoint, d.replay) as place
  from job j
    cross join lateral (
      select
        event_id, endpoint, replay, tenant, finished_at,
        coalesce(lane, 0) as lane_key, coalesce(sequence, 0) as sequence_key
      from deliveries
      where
        shard = :shard! and status = 'dead'
        and (coalesce(lane, 0), coalesce(sequence, 0), event_id, endpoint, replay)
          > (j.after_lane, j.after_sequence, j.after_event, j.after_endpoint, j.after_replay)
      order by coalesce(lane, 0), coalesce(sequence, 0), event_id, endpoint, replay
      limit :scanned!
    ) d
),
matching as materialized (
  select c.*
  from scanned c
    cross join job j
  where
    c.tenant = j.tenant and c.finished_at <= j.created_at
    and (j.endpoint is null or c.endpoint = j.endpoint)
    and case
      when num_nulls(j.accepted_from, j.accepted_to, j.entity, j.type) = 4 then true
      else exists (
        select from events e
        where
          e.id = any(c.event_ids) and e.accepted_at >= coalesce(j.accepted_from, '-infinity')
          and e.accepted_at < coalesce(j.accepted_to, 'infinity')
          and e.entity = coalesce(j.entity, e.entity) and e.type = coalesce(j.type, e.type)
        offset 0
      )
    end
    -- A deleted endpoint gets nothing any more.
    and exists (select from endpoints p where p.id = c.endpoint and p.deleted_at is null)
  order by c.place
  limit :changed!
),
reached as (
  select c.*
  from scanned c
  where c.place = case
    when (select count(*) from matching) = :changed! then (select max(place) from matching)
    else (select max(place) from scanned)
  end
),
replayed as (
  update deliveries d
  set status = 'pending', replayed_attempts = d.attempts, dead_reason = null, finished_at = null, next_attempt_at = null
  from matching m
  where d.event_id = any(m.event_ids) and d.endpoint = m.endpoint and d.replay = m.replay and d.status = 'dead'
  returning d.lane, d.sequence
),
by_lane as (
  select lane, count(*) as replays, array_agg(sequence) as sequences
  from replayed
  where lane is not null
  group by lane
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
    halted_sequence = case when l.halted_sequence = any(b.sequences) then null else l.halted_sequence end,
    marked_at = case when l.halted_sequence = any(b.sequences) then now() else l.marked_at end
  from by_lane b
    join locked k on k.id = b.lane
  where l.id = b.lane
  returning l.id
),
progress as (
  update replay_shards s
  set
    after_lane = coalesce(r.lane_key, s.after_lane),
    after_sequence = coalesce(r.sequence_key, s.after_sequence),
    after_event = coalesce(r.event_id, s.after_event),
    after_endpoint = coalesce(r.endpoint, s.after_endpoint),
    after_replay = coalesce(r.replay, s.after_replay),
    applied = s.applied + (select count(*) from replayed),
    finished_at = case
      when (select count(*) from scanned) < :scanned! and (select count(*) from matching) < :changed! then now()
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
  (select count(*) from replayed where lane is null)::integer as unordered;
