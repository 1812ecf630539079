/*
  Commits the outcomes of a batch of attempts, of several shards: fence, attempt, the delivery's state, the lane's counters,
  records for Kafka (retry token, dead letter), and operational events. Returns the ordinals (from 1) of the rows that were
  applied, and the shards whose fence held. find-outcomes.sql looks up a row of a held shard that was not applied.

  Response bodies are one bytea with offsets: an array of bytea would be sent as hex digits.
  Every join goes from the batch to a primary key (sessions `by-index`). "pending" is in a CASE, which no partial index
  matches, and `events` is read row by row (OFFSET 0): after an ANALYZE while nothing was pending, the planner read the
  whole index of pending deliveries for each outcome (270 instead of 27 µs an event).

  "event_ids" is the id as an array of one, by which Postgres looks up rows but prunes no partitions. Those are pruned once, by
  :firstId and :lastId. Pruning at run time breaks the statement when it locks a row that has changed since it began
  (docs/design.md, Storage): here a lane that an admission has changed meanwhile, or a lease that was taken over.
*/
/* @name commitOutcomes */
with fence as (
  select l.shard, l.epoch
  from
    unnest(:shards!::integer[], :epochs!::bigint[]) as c (shard, epoch)
    join shard_leases l on l.shard = c.shard and l.epoch = c.epoch
  order by l.shard
  for key share of l
),
offered as materialized (
  select *, array[event_id] as event_ids
  from
    unnest(
      :eventIds!::uuid[], :endpoints!::integer[], :replays!::integer[], :attemptShards!::integer[],
      :numbers!::integer[], :startedAtMs!::float8[], :durationsMs!::integer[], :statusCodes!::integer[],
      :errors!::text[], :bodyOffsets!::integer[], :bodyLengths!::integer[], :statuses!::delivery_status[],
      :delaysMs!::float8[], :deadReasons!::text[], :tokenTopics!::text[], :halting!::boolean[]
    ) with ordinality as o (
      event_id, endpoint, replay, shard, number, started_at_ms, duration_ms, status_code,
      error, body_offset, body_length, status, delay_ms, dead_reason, token_topic, halts, ordinal
    )
),
decided as (
  update deliveries d
  set
    status = o.status,
    attempts = o.number,
    -- By the database's clock, as every owner's decision about "due" is.
    next_attempt_at = clock_timestamp() + o.delay_ms * interval '1 millisecond',
    dead_reason = o.dead_reason,
    finished_at = case when o.status = 'pending' then null else now() end
  from offered o
    join fence f on f.shard = o.shard
  where d.event_id = any(o.event_ids) and d.endpoint = o.endpoint and d.replay = o.replay
    and d.event_id between :firstId! and :lastId!
    and case when d.status = 'pending' then d.attempts end = o.number - 1
  returning
    d.event_id, d.endpoint, d.replay, d.tenant, d.shard, d.lane, d.sequence, d.status, d.next_attempt_at,
    o.event_ids, o.ordinal, o.number, o.started_at_ms, o.duration_ms, o.status_code, o.error, o.body_offset, o.body_length,
    o.dead_reason, o.token_topic, o.halts, f.epoch
),
recorded as (
  insert into attempts (
    event_id, endpoint, replay, number, tenant, epoch, started_at, duration_ms, status_code, error, response_body
  )
  select
    event_id, endpoint, replay, number, tenant, epoch, to_timestamp(started_at_ms / 1000), duration_ms, status_code,
    error, case when body_length > 0 then substring(:bodies!::bytea from body_offset + 1 for body_length) end
  from decided
),
locked as (
  -- In the order in which admissions lock lanes too, so that two statements with several lanes in common don't deadlock.
  select l.id, x.event_id, x.sequence, x.status, x.halts, x.dead_reason
  from decided x
    join lanes l on l.id = x.lane
  where x.status <> 'pending'
  order by l.endpoint, l.entity
  for no key update of l
),
closed as (
  update lanes l
  set
    closed_sequence = greatest(l.closed_sequence, x.sequence),
    delivered_sequence = case when x.status = 'delivered' then greatest(l.delivered_sequence, x.sequence) else l.delivered_sequence end,
    -- At or below: a dead letter that was replayed.
    replays = l.replays - case when x.sequence <= l.closed_sequence then 1 else 0 end,
    halted_sequence = case when x.halts then x.sequence else l.halted_sequence end,
    marked_at = case when x.halts then now() else l.marked_at end
  from locked x
  where l.id = x.id
  returning l.tenant, l.endpoint, l.entity, x.event_id, x.sequence, x.halts, x.dead_reason
),
tokens as (
  insert into dispatch_outbox (tenant, shard, topic, key, headers, value)
  select
    x.tenant, x.shard, x.token_topic, e.tenant || '/' || e.entity,
    jsonb_build_object('content-type', 'application/json'),
    convert_to(json_build_object(
      'eventId', x.event_id, 'endpoint', x.endpoint, 'replay', x.replay, 'lane', x.lane,
      'attempt', x.number + 1, 'epoch', x.epoch, 'dueAt', x.next_attempt_at
    )::text, 'UTF8')
  from decided x
    cross join lateral (
      select tenant, entity from events where id = any(x.event_ids) and id between :firstId! and :lastId! offset 0
    ) e
  where x.token_topic is not null
),
letters as (
  insert into dispatch_outbox (tenant, shard, topic, key, headers, value)
  select
    x.tenant, x.shard, 'dlq', e.tenant || '/' || e.entity,
    jsonb_strip_nulls(jsonb_build_object(
      'ce_specversion', '1.0',
      'ce_id', 'evt_' || replace(e.id::text, '-', ''),
      'ce_type', e.type,
      'ce_source', 'urn:lockstep:' || e.tenant || ':' || e.source,
      'ce_time', to_char(coalesce(e.occurred_at, e.accepted_at) at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'content-type', e.content_type,
      'traceparent', e.traceparent,
      'lockstep-attributes', e.attributes::text,
      'lockstep-reason', x.dead_reason,
      'lockstep-delivery',
        'dlv_' || replace(e.id::text, '-', '') || lpad(to_hex(x.endpoint), 8, '0') || lpad(to_hex(x.replay), 4, '0'),
      'lockstep-endpoint', 'ep_' || replace(p.public_id::text, '-', ''),
      'lockstep-sequence', x.sequence::text,
      'lockstep-attempts', x.number::text,
      'lockstep-last-status', x.status_code::text,
      'lockstep-last-error', x.error
    )),
    e.payload
  from decided x
    cross join lateral (
      select * from events where id = any(x.event_ids) and id between :firstId! and :lastId! offset 0
    ) e
    join endpoints p on p.id = x.endpoint
  where x.status = 'dead'
),
gone as (
  -- 410: the receiver wants no more events. Pending deliveries stay in their lanes until the endpoint is active again.
  update endpoints p
  set
    status = 'disabled', status_reason = 'The endpoint answered 410 Gone; activate it again with resume', updated_at = now()
  where p.status <> 'disabled' and p.deleted_at is null and p.id in (select endpoint from decided where dead_reason = 'gone')
  returning p.id, p.tenant, p.public_id
),
audited as (
  -- Once: of two statements at the same time, the second finds the endpoint disabled.
  insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)
  select
    tenant, 'system', 'system', 'Lockstep', 'endpoint.disabled', 'ep_' || replace(public_id::text, '-', ''), jsonb_build_object('reason', 'gone')
  from gone
  union all
  select
    c.tenant, 'system', 'system', 'Lockstep', 'lane.halted', 'ep_' || replace(p.public_id::text, '-', '') || '/' || c.entity,
    jsonb_build_object('event', 'evt_' || replace(c.event_id::text, '-', ''), 'sequence', c.sequence, 'reason', c.dead_reason)
  from closed c
    join endpoints p on p.id = c.endpoint
  where c.halts
),
ended as materialized (
  -- Dead letters that an operational event may tell about. Most tenants have no endpoint that gets one: OFFSET 0, so that
  -- nothing is looked up for them. A dead operational event makes no other, or that would have no end.
  select x.*, p.public_id, e.type, e.entity
  from (
      select *
      from decided
      where status = 'dead' and exists (select from operational_subscriptions s where s.tenant = decided.tenant)
      offset 0
    ) x
    cross join lateral (
      select type, entity from events where id = any(x.event_ids) and id between :firstId! and :lastId! offset 0
    ) e
    join endpoints p on p.id = x.endpoint
  where not starts_with(e.type, 'lockstep.')
),
told as (
  -- Not to the endpoint itself.
  insert into operational_events (tenant, type, entity, data)
  select o.tenant, o.type, i.id, jsonb_build_object('endpoint', i.id) || o.data
  from (
      select
        ordinal, tenant, endpoint, public_id, 'lockstep.delivery.dead' as type,
        jsonb_build_object(
          'event', 'evt_' || replace(event_id::text, '-', ''),
          'delivery',
            'dlv_' || replace(event_id::text, '-', '') || lpad(to_hex(endpoint), 8, '0') || lpad(to_hex(replay), 4, '0'),
          'entity', entity, 'type', type, 'sequence', sequence, 'reason', dead_reason, 'attempts', number,
          'lastStatus', status_code, 'lastError', error
        ) as data
      from ended
      union all
      select
        ordinal, tenant, endpoint, public_id, 'lockstep.lane.halted',
        jsonb_build_object(
          'event', 'evt_' || replace(event_id::text, '-', ''), 'entity', entity, 'type', type, 'sequence', sequence,
          'reason', dead_reason
        )
      from ended
      where halts
      union all
      select null, tenant, id, public_id, 'lockstep.endpoint.disabled', jsonb_build_object('reason', 'gone')
      from gone
    ) o
    cross join lateral (select 'ep_' || replace(o.public_id::text, '-', '') as id) i
  where exists (
      select
      from operational_subscriptions s
      where s.tenant = o.tenant and s.endpoint <> o.endpoint and s.event_types && event_type_patterns(o.type)
    )
  order by o.ordinal nulls last, o.type
),
nudges as (
  insert into dispatch_outbox (tenant, shard, topic, value)
  select
    g.tenant, l.shard, 'control',
    convert_to(json_build_object('kind', 'endpoint_changed', 'endpoint', g.id)::text, 'UTF8')
  from gone g
    cross join shard_leases l
)
select ordinal::integer as ordinal, null::integer as "heldShard"
from decided
union all
select null, shard
from fence;
