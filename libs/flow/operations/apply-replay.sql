/*
  Applies the next batch of a replay to one shard, fenced like an outcome: up to :scanned of the shard's dead letters are
  looked at, in the order of their lanes, and up to :changed of them are made pending again or discarded. Where the next
  batch goes on is written in the same statement, so that every dead letter is looked at once, whoever owns the shard.
  What died after the replay was asked for is not part of it.

  A replay of an event also makes a new delivery, with its lane's next sequence, for each endpoint that it was delivered
  to and where nothing of it is pending or dead, or was delivered since: a second click brings nothing.
*/
/* @name applyReplay */
with fence as (
  select l.shard
  from shard_leases l
  where l.shard = :shard! and l.epoch = :epoch!
  for key share of l
),
job as (
  select
    s.after_lane, s.after_sequence, s.after_event, s.after_endpoint, s.after_replay,
    r.tenant, r.action, r.event_id, r.endpoint, r.entity, r.type, r.accepted_from, r.accepted_to, r.created_at
  from fence f
    join replay_shards s on s.shard = f.shard and s.replay = :replay!
    join replays r on r.id = s.replay
  where s.finished_at is null
  for no key update of s
),
scanned as (
  select
    d.event_id, d.endpoint, d.replay, d.tenant, d.lane, d.sequence, d.finished_at, d.lane_key, d.sequence_key,
    row_number() over (order by d.lane_key, d.sequence_key, d.event_id, d.endpoint, d.replay) as place
  from job j
    cross join lateral (
      select
        event_id, endpoint, replay, tenant, lane, sequence, finished_at,
        coalesce(lane, 0) as lane_key, coalesce(sequence, 0) as sequence_key
      from deliveries
      where
        j.event_id is null and shard = :shard! and status = 'dead'
        and (coalesce(lane, 0), coalesce(sequence, 0), event_id, endpoint, replay)
          > (j.after_lane, j.after_sequence, j.after_event, j.after_endpoint, j.after_replay)
      order by coalesce(lane, 0), coalesce(sequence, 0), event_id, endpoint, replay
      limit :scanned!
    ) d
  union all
  select e.event_id, e.endpoint, e.replay, e.tenant, e.lane, e.sequence, e.finished_at, 0, 0, row_number() over (order by e.endpoint, e.replay)
  from job j
    join deliveries e on e.event_id = j.event_id
  where e.shard = :shard! and e.status = 'dead'
),
matching as (
  select c.*
  from scanned c
    cross join job j
  where
    c.tenant = j.tenant and c.finished_at <= j.created_at
    and (j.event_id is null or c.event_id = j.event_id)
    and (j.endpoint is null or c.endpoint = j.endpoint)
    and exists (
      select from events e
      where
        e.id = c.event_id and e.accepted_at >= coalesce(j.accepted_from, '-infinity')
        and e.accepted_at < coalesce(j.accepted_to, 'infinity')
        and e.entity = coalesce(j.entity, e.entity) and e.type = coalesce(j.type, e.type)
      offset 0
    )
    -- A deleted endpoint gets nothing any more.
    and (j.action = 'discard' or exists (select from endpoints p where p.id = c.endpoint and p.deleted_at is null))
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
applied as (
  update deliveries d
  set
    status = case j.action when 'replay' then 'pending' else 'discarded' end::delivery_status,
    replayed_attempts = case j.action when 'replay' then d.attempts else d.replayed_attempts end,
    dead_reason = case j.action when 'replay' then null else d.dead_reason end,
    finished_at = case j.action when 'replay' then null else now() end,
    next_attempt_at = null
  from matching m
    cross join job j
  where d.event_id = m.event_id and d.endpoint = m.endpoint and d.replay = m.replay and d.status = 'dead'
  returning d.lane, d.sequence, j.action
),
again as (
  select d.event_id, d.endpoint, max(d.replay) + 1 as replay, d.tenant, d.lane
  from job j
    join deliveries d on d.event_id = j.event_id
    join endpoints p on p.id = d.endpoint and p.deleted_at is null
  where j.action = 'replay' and d.tenant = j.tenant and d.shard = :shard!
  group by d.event_id, d.endpoint, d.tenant, d.lane
  having
    bool_and(d.status in ('delivered', 'discarded')) and bool_and(d.finished_at <= j.created_at)
    and (array_agg(d.status order by d.replay desc))[1] = 'delivered'
),
moved as (
  select lane, count(*) filter (where action = 'replay') as replays, array_agg(sequence) as sequences, 0 as added
  from applied
  where lane is not null
  group by lane
  union all
  select lane, 0, '{}', 1
  from again
  where lane is not null
),
locked as (
  -- In the order in which admissions and outcomes lock lanes.
  select l.id, l.halted_sequence
  from lanes l
  where l.id in (select lane from moved)
  order by l.endpoint, l.entity
  for no key update
),
changed_lanes as (
  update lanes l
  set
    replays = l.replays + m.replays,
    tail_sequence = l.tail_sequence + m.added,
    halted_sequence = case when l.halted_sequence = any(m.sequences) then null else l.halted_sequence end,
    marked_at = case when l.halted_sequence = any(m.sequences) then now() else l.marked_at end
  from moved m
    join locked k on k.id = m.lane
  where l.id = m.lane
  returning l.id, l.tail_sequence
),
added as (
  insert into deliveries (event_id, endpoint, replay, tenant, shard, lane, sequence)
  select a.event_id, a.endpoint, a.replay, a.tenant, :shard!, a.lane, c.tail_sequence
  from again a
    left join changed_lanes c on c.id = a.lane
  returning event_id, lane
),
progress as (
  update replay_shards s
  set
    after_lane = coalesce(r.lane_key, s.after_lane),
    after_sequence = coalesce(r.sequence_key, s.after_sequence),
    after_event = coalesce(r.event_id, s.after_event),
    after_endpoint = coalesce(r.endpoint, s.after_endpoint),
    after_replay = coalesce(r.replay, s.after_replay),
    applied = s.applied + (select count(*) from applied) + (select count(*) from added),
    -- An event's replay is one batch: its new deliveries must not be made twice.
    finished_at = case
      when j.event_id is not null
        or ((select count(*) from scanned) < :scanned! and (select count(*) from matching) < :changed!)
      then now()
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
  -- What an owner has in memory of the others is still right.
  array(
    select k.id
    from locked k
      join moved m on m.lane = k.id
    where m.replays > 0 or m.added > 0 or k.halted_sequence = any(m.sequences)
  ) as lanes,
  (select count(*) from applied where lane is null)::integer
    + (select count(*) from added where lane is null)::integer as unordered,
  (select count(*) from applied where action = 'discard')::integer as discarded;
