/*
  Discards the next batch of a shard's dead letters, fenced like an outcome: of the next :scanned in the order of their
  lanes, at most :changed that match. The same statement writes where the next batch begins, as replay-dead-letters.sql
  does. What died after the discard was asked for is not part of it.
  By "event_ids", the id as an array of one, no partitions are pruned at run time (docs/design.md, Storage).
  Result: whether the fence held, whether the discard has ended on the shard, the lanes that no longer halt, and the endpoint
  of each dead letter that is discarded.
*/
/* @name discardDeadLetters */
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
discarded as (
  update deliveries d
  set status = 'discarded', finished_at = now(), next_attempt_at = null
  from matching m
  where d.event_id = any(m.event_ids) and d.endpoint = m.endpoint and d.replay = m.replay and d.status = 'dead'
  returning d.lane, d.sequence, d.endpoint
),
locked as (
  -- In the order in which admissions and outcomes lock lanes.
  select l.id
  from lanes l
  where l.id in (select lane from discarded)
  order by l.endpoint, l.entity
  for no key update
),
changed_lanes as (
  update lanes l
  set halted_sequence = null, marked_at = now()
  from discarded d
    join locked k on k.id = d.lane
  where l.id = d.lane and l.halted_sequence = d.sequence
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
    applied = s.applied + (select count(*) from discarded),
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
  array(select endpoint from discarded) as discarded;
