/*
  One step of an endpoint's catch-up on a shard, fenced like an admission: looks at the next :scanned events of the shard behind
  :position, in the order of acceptance, and makes deliveries of those that are admitted and that the endpoint gets, at most
  :changed. The same statement moves the position, and ends the catch-up if there is nothing behind it: an event that is admitted
  after this commit is routed by its admission. When that was the last shard, it is audited, and operational events tell it.

  The endpoint's filter is evaluated as by an admission (see admit-batch.sql). It may read 16 KiB for each of :changed: if the
  bodies have more, the step looks at fewer events, at least one.

  :firstId is the least id of an event that the endpoint may get. By "event_ids", the id as an array of one, no partitions are
  pruned at run time (docs/design.md, Storage).

  Does nothing if the position is another one, or the catch-up has ended. The catch-up of a deleted endpoint ends.
  Result: a row for each delivery, or one without a delivery. Each has how many events the filter has refused.
*/
/* @name stepCatchUp */
with locked as (
  -- FOR KEY SHARE: a takeover (FOR UPDATE) waits for us, a renewal does not. The cursor's row: admissions of the shard wait.
  select l.shard, c.turn
  from shard_leases l
    join shard_cursors c on c.shard = l.shard
  where l.shard = :shard! and l.epoch = :epoch!
  for key share of l
  for no key update of c
),
fence as (
  -- Having waited for an admission, this statement would not see what that has admitted.
  select k.shard
  from locked k
    join shard_cursors c on c.shard = k.shard
  where case when c.turn = k.turn then true else refuse_outdated_snapshot(k.shard) end
),
job as (
  select
    s.endpoint, s.shard, s.tenant, s.position, c.from_at,
    p.public_id, p.event_types, p.ordering, p.version, p.destination_of, p.deleted_at is not null as deleted,
    p.filter_path as filter, p.filter_passes as passes
  from fence f
    join catch_up_shards s on s.shard = f.shard and s.endpoint = :endpoint!
    join catch_ups c on c.endpoint = s.endpoint
    join endpoints p on p.id = s.endpoint
  where s.finished_at is null and s.position = :position!
),
scanned as materialized (
  select e.*, array[e.id] as event_ids, e.tenant = j.tenant and e.accepted_at >= j.from_at as eligible, row_number() over (order by e.accept_seq) as place
  from job j
    cross join lateral (
      select
        id, tenant, accept_seq, accepted_at, type, entity, source, content_type, traceparent, attributes, destination,
        octet_length(payload) as bytes, case when j.filter is not null then payload end as payload
      from events
      where events.shard = :shard! and events.id >= :firstId! and events.accept_seq > j.position
      order by events.accept_seq
      limit :scanned!
    ) e
  where not j.deleted
),
subscribed as (
  -- Whether the endpoint gets a type is found out once a type, not once an event.
  select t.type
  from (select type from scanned where eligible and destination is null group by type) t
    join job j on j.destination_of is null and j.event_types && event_type_patterns(t.type)
),
candidates as materialized (
  -- What the endpoint gets but for its filter, and how much that may read of the ones before.
  select
    s.*,
    coalesce(
      sum(j.passes * least(s.bytes, 262144)) over (order by s.accept_seq rows between unbounded preceding and 1 preceding),
      0
    ) as read_before
  from scanned s
    cross join job j
  where
    s.eligible and (s.destination = j.endpoint or (s.destination is null and s.type in (select type from subscribed)))
    -- An operational event about the endpoint itself.
    and not (starts_with(s.type, 'lockstep.') and s.entity = 'ep_' || replace(j.public_id::text, '-', ''))
),
bound as (
  -- Up to where the filter does not read too much.
  select
    coalesce(
      (select min(place) - 1 from candidates where read_before >= :changed! * 16384),
      (select count(*) from scanned)
    ) as place
),
matching as materialized (
  select c.*
  from candidates c
    cross join job j
  where
    c.place <= (select place from bound)
    and exists (select from inbox i where i.event_id = any(c.event_ids) and i.event_id >= :firstId! offset 0)
    -- Routed by a dispatcher of an earlier release, which knows no catch-ups.
    and not exists (
      select from deliveries d
      where d.event_id = any(c.event_ids) and d.event_id >= :firstId! and d.endpoint = j.endpoint and d.replay = 0 offset 0
    )
    and case
      when j.filter is null or c.destination is not null then true
      else endpoints_refusing(c.payload, array[j.endpoint], array[j.filter], least(262144, 67108864 / j.passes)) = '{}'
    end
  -- As they come, so that no filter is evaluated beyond the limit.
  order by c.accept_seq
  limit :changed!
),
ending as (
  -- Nothing is behind this step. What is admitted later has waited for it, and sees the catch-up ended.
  select
    (select count(*) from scanned) < :scanned! and (select place from bound) = (select count(*) from scanned)
      and (select count(*) from matching) < :changed! as ended
),
reached as (
  select s.accept_seq, s.accepted_at, s.place
  from scanned s
  where s.place = case
    when (select count(*) from matching) = :changed! then (select max(place) from matching)
    else (select place from bound)
  end
),
filtered as (
  select count(*)::integer as events
  from candidates c
    cross join job j
    cross join reached r
  where
    j.filter is not null and c.destination is null and c.place <= r.place
    and not exists (select from matching m where m.id = c.id)
    and exists (select from inbox i where i.event_id = any(c.event_ids) and i.event_id >= :firstId! offset 0)
    and not exists (
      select from deliveries d
      where d.event_id = any(c.event_ids) and d.event_id >= :firstId! and d.endpoint = j.endpoint and d.replay = 0 offset 0
    )
),
fresh as (
  select
    m.*,
    row_number() over (partition by m.entity order by m.place) as nth,
    count(*) over (partition by m.entity) as size
  from matching m
),
extended as (
  insert into lanes (tenant, endpoint, entity, shard, tail_sequence)
  select j.tenant, j.endpoint, m.entity, j.shard, count(*)
  from matching m
    cross join job j
  where j.ordering = 'entity'
  group by j.tenant, j.endpoint, m.entity, j.shard
  order by m.entity
  on conflict (endpoint, entity) do update set tail_sequence = lanes.tail_sequence + excluded.tail_sequence
  returning
    id, entity, tail_sequence, closed_sequence, delivered_sequence, replays, paused, halted_sequence is not null as halted
),
numbered as (
  select
    f.*, j.endpoint, j.version, x.id as lane, x.tail_sequence - f.size + f.nth as sequence,
    x.closed_sequence, x.delivered_sequence, x.replays, x.paused, x.halted
  from fresh f
    cross join job j
    left join extended x on x.entity = f.entity
),
delivered as (
  insert into deliveries (event_id, endpoint, tenant, shard, lane, sequence, caught_up)
  select id, endpoint, tenant, :shard!, lane, sequence, true
  from numbered
),
moved as (
  update catch_up_shards s
  set
    position = coalesce(r.accept_seq, s.position),
    reached_at = coalesce(r.accepted_at, s.reached_at),
    examined = s.examined + (select count(*) from scanned where eligible and place <= r.place),
    routed = s.routed + (select count(*) from matching),
    finished_at = case when e.ended then now() end
  from job j
    cross join ending e
    left join reached r on true
  where s.endpoint = j.endpoint and s.shard = j.shard
  returning s.endpoint, s.shard, s.position, s.finished_at is not null as finished
),
turned as (
  update shard_cursors c set turn = c.turn + 1 from moved m where c.shard = m.shard
),
closed as (
  -- Shards that finish at the same time wait for each other here: one of them is the last.
  update catch_ups c
  set open_shards = c.open_shards - 1, finished_at = case when c.open_shards = 1 then now() end
  from moved m
  where c.endpoint = m.endpoint and m.finished
  returning c.endpoint, c.tenant, c.started_at, c.finished_at
),
caught_up as (
  select
    c.tenant, c.endpoint, 'ep_' || replace(j.public_id::text, '-', '') as id,
    jsonb_build_object('startedAt', to_char(c.started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) as detail
  from closed c
    join job j on j.endpoint = c.endpoint
  where c.finished_at is not null and not j.deleted
),
audited as (
  insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)
  select tenant, 'system', 'system', 'Lockstep', 'endpoint.caught_up', id, detail from caught_up
),
told as (
  -- Not to the endpoint itself.
  insert into operational_events (tenant, type, entity, data)
  select c.tenant, e.type, c.id, jsonb_build_object('endpoint', c.id) || c.detail
  from caught_up c
    cross join (values ('lockstep.endpoint.caught_up')) as e (type)
  where exists (
      select
      from operational_subscriptions s
      where s.tenant = c.tenant and s.endpoint <> c.endpoint and s.event_types && event_type_patterns(e.type)
    )
)
select
  f.held as "held!",
  m.position as "position?",
  m.finished as "finished?",
  (select place from reached)::integer as "passed?",
  (select events from filtered) as "filtered!",
  n.id as "eventId?",
  n.tenant as "tenant?",
  n.entity as "entity?",
  n.type as "type?",
  nullif(n.source, 'api') as "source?",
  n.content_type as "contentType?",
  n.traceparent as "traceparent?",
  n.attributes as "attributes?",
  n.version as "endpointVersion?",
  n.lane as "lane?",
  n.sequence as "sequence?",
  n.closed_sequence as "closedSequence?",
  n.delivered_sequence as "deliveredSequence?",
  n.replays as "replays?",
  n.paused as "paused?",
  n.halted as "halted?"
from (select count(*) = 1 as held from fence) f
  left join moved m on true
  left join numbered n on true
order by n.place;
