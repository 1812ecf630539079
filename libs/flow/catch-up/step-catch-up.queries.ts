/** Types generated for queries found in "libs/flow/catch-up/step-catch-up.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type NumberOrString = number | string;

/** 'StepCatchUp' parameters type */
export interface IStepCatchUpParams {
  changed: number;
  endpoint: number;
  epoch: NumberOrString;
  firstId: string;
  position: NumberOrString;
  scanned: NumberOrString;
  shard: number;
}

/** 'StepCatchUp' return type */
export interface IStepCatchUpResult {
  attributes: Json | null;
  closedSequence: number | null;
  contentType: string | null;
  deliveredSequence: number | null;
  endpointVersion: number | null;
  entity: string | null;
  eventId: string | null;
  filtered: number;
  finished: boolean | null;
  halted: boolean | null;
  held: boolean;
  lane: number | null;
  passed: number | null;
  paused: boolean | null;
  position: number | null;
  replays: number | null;
  sequence: number | null;
  source: string | null;
  tenant: string | null;
  traceparent: string | null;
  type: string | null;
}

/** 'StepCatchUp' query type */
export interface IStepCatchUpQuery {
  params: IStepCatchUpParams;
  result: IStepCatchUpResult;
}

const stepCatchUpIR: any = {"usedParamSet":{"shard":true,"epoch":true,"endpoint":true,"position":true,"firstId":true,"scanned":true,"changed":true},"params":[{"name":"shard","required":true,"transform":{"type":"scalar"},"locs":[{"a":254,"b":260},{"a":1581,"b":1587},{"a":5929,"b":5935}]},{"name":"epoch","required":true,"transform":{"type":"scalar"},"locs":[{"a":276,"b":282}]},{"name":"endpoint","required":true,"transform":{"type":"scalar"},"locs":[{"a":924,"b":933}]},{"name":"position","required":true,"transform":{"type":"scalar"},"locs":[{"a":1072,"b":1081}]},{"name":"firstId","required":true,"transform":{"type":"scalar"},"locs":[{"a":1606,"b":1614},{"a":3124,"b":3132},{"a":3335,"b":3343},{"a":4614,"b":4622},{"a":4746,"b":4754}]},{"name":"scanned","required":true,"transform":{"type":"scalar"},"locs":[{"a":1696,"b":1704},{"a":3889,"b":3897}]},{"name":"changed","required":true,"transform":{"type":"scalar"},"locs":[{"a":2829,"b":2837},{"a":3713,"b":3721},{"a":4006,"b":4014},{"a":4170,"b":4178}]}],"statement":"with locked as (\n  -- FOR KEY SHARE: a takeover (FOR UPDATE) waits for us, a renewal does not. The cursor's row: admissions of the shard wait.\n  select l.shard, c.turn\n  from shard_leases l\n    join shard_cursors c on c.shard = l.shard\n  where l.shard = :shard! and l.epoch = :epoch!\n  for key share of l\n  for no key update of c\n),\nfence as (\n  -- Having waited for an admission, this statement would not see what that has admitted.\n  select k.shard\n  from locked k\n    join shard_cursors c on c.shard = k.shard\n  where case when c.turn = k.turn then true else refuse_outdated_snapshot(k.shard) end\n),\njob as (\n  select\n    s.endpoint, s.shard, s.tenant, s.position, c.from_at,\n    p.public_id, p.event_types, p.ordering, p.version, p.destination_of, p.deleted_at is not null as deleted,\n    p.filter_path as filter, p.filter_passes as passes\n  from fence f\n    join catch_up_shards s on s.shard = f.shard and s.endpoint = :endpoint!\n    join catch_ups c on c.endpoint = s.endpoint\n    join endpoints p on p.id = s.endpoint\n  where s.finished_at is null and s.position = :position!\n),\nscanned as materialized (\n  select e.*, array[e.id] as event_ids, e.tenant = j.tenant and e.accepted_at >= j.from_at as eligible, row_number() over (order by e.accept_seq) as place\n  from job j\n    cross join lateral (\n      select\n        id, tenant, accept_seq, accepted_at, type, entity, source, content_type, traceparent, attributes, destination,\n        octet_length(payload) as bytes, case when j.filter is not null then payload end as payload\n      from events\n      where events.shard = :shard! and events.id >= :firstId! and events.accept_seq > j.position\n      order by events.accept_seq\n      limit :scanned!\n    ) e\n  where not j.deleted\n),\nsubscribed as (\n  -- Whether the endpoint gets a type is found out once a type, not once an event.\n  select t.type\n  from (select type from scanned where eligible and destination is null group by type) t\n    join job j on j.destination_of is null and j.event_types && event_type_patterns(t.type)\n),\ncandidates as materialized (\n  -- What the endpoint gets but for its filter, and how much that may read of the ones before.\n  select\n    s.*,\n    coalesce(\n      sum(j.passes * least(s.bytes, 262144)) over (order by s.accept_seq rows between unbounded preceding and 1 preceding),\n      0\n    ) as read_before\n  from scanned s\n    cross join job j\n  where\n    s.eligible and (s.destination = j.endpoint or (s.destination is null and s.type in (select type from subscribed)))\n    -- An operational event about the endpoint itself.\n    and not (starts_with(s.type, 'lockstep.') and s.entity = 'ep_' || replace(j.public_id::text, '-', ''))\n),\nbound as (\n  -- Up to where the filter does not read too much.\n  select\n    coalesce(\n      (select min(place) - 1 from candidates where read_before >= :changed! * 16384),\n      (select count(*) from scanned)\n    ) as place\n),\nmatching as materialized (\n  select c.*\n  from candidates c\n    cross join job j\n  where\n    c.place <= (select place from bound)\n    and exists (select from inbox i where i.event_id = any(c.event_ids) and i.event_id >= :firstId! offset 0)\n    -- Routed by a dispatcher of an earlier release, which knows no catch-ups.\n    and not exists (\n      select from deliveries d\n      where d.event_id = any(c.event_ids) and d.event_id >= :firstId! and d.endpoint = j.endpoint and d.replay = 0 offset 0\n    )\n    and case\n      when j.filter is null or c.destination is not null then true\n      else endpoints_refusing(c.payload, array[j.endpoint], array[j.filter], least(262144, 67108864 / j.passes)) = '{}'\n    end\n  -- As they come, so that no filter is evaluated beyond the limit.\n  order by c.accept_seq\n  limit :changed!\n),\nending as (\n  -- Nothing is behind this step. What is admitted later has waited for it, and sees the catch-up ended.\n  select\n    (select count(*) from scanned) < :scanned! and (select place from bound) = (select count(*) from scanned)\n      and (select count(*) from matching) < :changed! as ended\n),\nreached as (\n  select s.accept_seq, s.accepted_at, s.place\n  from scanned s\n  where s.place = case\n    when (select count(*) from matching) = :changed! then (select max(place) from matching)\n    else (select place from bound)\n  end\n),\nfiltered as (\n  select count(*)::integer as events\n  from candidates c\n    cross join job j\n    cross join reached r\n  where\n    j.filter is not null and c.destination is null and c.place <= r.place\n    and not exists (select from matching m where m.id = c.id)\n    and exists (select from inbox i where i.event_id = any(c.event_ids) and i.event_id >= :firstId! offset 0)\n    and not exists (\n      select from deliveries d\n      where d.event_id = any(c.event_ids) and d.event_id >= :firstId! and d.endpoint = j.endpoint and d.replay = 0 offset 0\n    )\n),\nfresh as (\n  select\n    m.*,\n    row_number() over (partition by m.entity order by m.place) as nth,\n    count(*) over (partition by m.entity) as size\n  from matching m\n),\nextended as (\n  insert into lanes (tenant, endpoint, entity, shard, tail_sequence)\n  select j.tenant, j.endpoint, m.entity, j.shard, count(*)\n  from matching m\n    cross join job j\n  where j.ordering = 'entity'\n  group by j.tenant, j.endpoint, m.entity, j.shard\n  order by m.entity\n  on conflict (endpoint, entity) do update set tail_sequence = lanes.tail_sequence + excluded.tail_sequence\n  returning\n    id, entity, tail_sequence, closed_sequence, delivered_sequence, replays, paused, halted_sequence is not null as halted\n),\nnumbered as (\n  select\n    f.*, j.endpoint, j.version, x.id as lane, x.tail_sequence - f.size + f.nth as sequence,\n    x.closed_sequence, x.delivered_sequence, x.replays, x.paused, x.halted\n  from fresh f\n    cross join job j\n    left join extended x on x.entity = f.entity\n),\ndelivered as (\n  insert into deliveries (event_id, endpoint, tenant, shard, lane, sequence, caught_up)\n  select id, endpoint, tenant, :shard!, lane, sequence, true\n  from numbered\n),\nmoved as (\n  update catch_up_shards s\n  set\n    position = coalesce(r.accept_seq, s.position),\n    reached_at = coalesce(r.accepted_at, s.reached_at),\n    examined = s.examined + (select count(*) from scanned where eligible and place <= r.place),\n    routed = s.routed + (select count(*) from matching),\n    finished_at = case when e.ended then now() end\n  from job j\n    cross join ending e\n    left join reached r on true\n  where s.endpoint = j.endpoint and s.shard = j.shard\n  returning s.endpoint, s.shard, s.position, s.finished_at is not null as finished\n),\nturned as (\n  update shard_cursors c set turn = c.turn + 1 from moved m where c.shard = m.shard\n),\nclosed as (\n  -- Shards that finish at the same time wait for each other here: one of them is the last.\n  update catch_ups c\n  set open_shards = c.open_shards - 1, finished_at = case when c.open_shards = 1 then now() end\n  from moved m\n  where c.endpoint = m.endpoint and m.finished\n  returning c.endpoint, c.tenant, c.started_at, c.finished_at\n),\ncaught_up as (\n  select\n    c.tenant, c.endpoint, 'ep_' || replace(j.public_id::text, '-', '') as id,\n    jsonb_build_object('startedAt', to_char(c.started_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')) as detail\n  from closed c\n    join job j on j.endpoint = c.endpoint\n  where c.finished_at is not null and not j.deleted\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)\n  select tenant, 'system', 'system', 'Lockstep', 'endpoint.caught_up', id, detail from caught_up\n),\ntold as (\n  -- Not to the endpoint itself.\n  insert into operational_events (tenant, type, entity, data)\n  select c.tenant, e.type, c.id, jsonb_build_object('endpoint', c.id) || c.detail\n  from caught_up c\n    cross join (values ('lockstep.endpoint.caught_up')) as e (type)\n  where exists (\n      select\n      from operational_subscriptions s\n      where s.tenant = c.tenant and s.endpoint <> c.endpoint and s.event_types && event_type_patterns(e.type)\n    )\n)\nselect\n  f.held as \"held!\",\n  m.position as \"position?\",\n  m.finished as \"finished?\",\n  (select place from reached)::integer as \"passed?\",\n  (select events from filtered) as \"filtered!\",\n  n.id as \"eventId?\",\n  n.tenant as \"tenant?\",\n  n.entity as \"entity?\",\n  n.type as \"type?\",\n  nullif(n.source, 'api') as \"source?\",\n  n.content_type as \"contentType?\",\n  n.traceparent as \"traceparent?\",\n  n.attributes as \"attributes?\",\n  n.version as \"endpointVersion?\",\n  n.lane as \"lane?\",\n  n.sequence as \"sequence?\",\n  n.closed_sequence as \"closedSequence?\",\n  n.delivered_sequence as \"deliveredSequence?\",\n  n.replays as \"replays?\",\n  n.paused as \"paused?\",\n  n.halted as \"halted?\"\nfrom (select count(*) = 1 as held from fence) f\n  left join moved m on true\n  left join numbered n on true\norder by n.place"};

/**
 * Query generated from SQL:
 * ```
 * with locked as (
 *   -- FOR KEY SHARE: a takeover (FOR UPDATE) waits for us, a renewal does not. The cursor's row: admissions of the shard wait.
 *   select l.shard, c.turn
 *   from shard_leases l
 *     join shard_cursors c on c.shard = l.shard
 *   where l.shard = :shard! and l.epoch = :epoch!
 *   for key share of l
 *   for no key update of c
 * ),
 * fence as (
 *   -- Having waited for an admission, this statement would not see what that has admitted.
 *   select k.shard
 *   from locked k
 *     join shard_cursors c on c.shard = k.shard
 *   where case when c.turn = k.turn then true else refuse_outdated_snapshot(k.shard) end
 * ),
 * job as (
 *   select
 *     s.endpoint, s.shard, s.tenant, s.position, c.from_at,
 *     p.public_id, p.event_types, p.ordering, p.version, p.destination_of, p.deleted_at is not null as deleted,
 *     p.filter_path as filter, p.filter_passes as passes
 *   from fence f
 *     join catch_up_shards s on s.shard = f.shard and s.endpoint = :endpoint!
 *     join catch_ups c on c.endpoint = s.endpoint
 *     join endpoints p on p.id = s.endpoint
 *   where s.finished_at is null and s.position = :position!
 * ),
 * scanned as materialized (
 *   select e.*, array[e.id] as event_ids, e.tenant = j.tenant and e.accepted_at >= j.from_at as eligible, row_number() over (order by e.accept_seq) as place
 *   from job j
 *     cross join lateral (
 *       select
 *         id, tenant, accept_seq, accepted_at, type, entity, source, content_type, traceparent, attributes, destination,
 *         octet_length(payload) as bytes, case when j.filter is not null then payload end as payload
 *       from events
 *       where events.shard = :shard! and events.id >= :firstId! and events.accept_seq > j.position
 *       order by events.accept_seq
 *       limit :scanned!
 *     ) e
 *   where not j.deleted
 * ),
 * subscribed as (
 *   -- Whether the endpoint gets a type is found out once a type, not once an event.
 *   select t.type
 *   from (select type from scanned where eligible and destination is null group by type) t
 *     join job j on j.destination_of is null and j.event_types && event_type_patterns(t.type)
 * ),
 * candidates as materialized (
 *   -- What the endpoint gets but for its filter, and how much that may read of the ones before.
 *   select
 *     s.*,
 *     coalesce(
 *       sum(j.passes * least(s.bytes, 262144)) over (order by s.accept_seq rows between unbounded preceding and 1 preceding),
 *       0
 *     ) as read_before
 *   from scanned s
 *     cross join job j
 *   where
 *     s.eligible and (s.destination = j.endpoint or (s.destination is null and s.type in (select type from subscribed)))
 *     -- An operational event about the endpoint itself.
 *     and not (starts_with(s.type, 'lockstep.') and s.entity = 'ep_' || replace(j.public_id::text, '-', ''))
 * ),
 * bound as (
 *   -- Up to where the filter does not read too much.
 *   select
 *     coalesce(
 *       (select min(place) - 1 from candidates where read_before >= :changed! * 16384),
 *       (select count(*) from scanned)
 *     ) as place
 * ),
 * matching as materialized (
 *   select c.*
 *   from candidates c
 *     cross join job j
 *   where
 *     c.place <= (select place from bound)
 *     and exists (select from inbox i where i.event_id = any(c.event_ids) and i.event_id >= :firstId! offset 0)
 *     -- Routed by a dispatcher of an earlier release, which knows no catch-ups.
 *     and not exists (
 *       select from deliveries d
 *       where d.event_id = any(c.event_ids) and d.event_id >= :firstId! and d.endpoint = j.endpoint and d.replay = 0 offset 0
 *     )
 *     and case
 *       when j.filter is null or c.destination is not null then true
 *       else endpoints_refusing(c.payload, array[j.endpoint], array[j.filter], least(262144, 67108864 / j.passes)) = '{}'
 *     end
 *   -- As they come, so that no filter is evaluated beyond the limit.
 *   order by c.accept_seq
 *   limit :changed!
 * ),
 * ending as (
 *   -- Nothing is behind this step. What is admitted later has waited for it, and sees the catch-up ended.
 *   select
 *     (select count(*) from scanned) < :scanned! and (select place from bound) = (select count(*) from scanned)
 *       and (select count(*) from matching) < :changed! as ended
 * ),
 * reached as (
 *   select s.accept_seq, s.accepted_at, s.place
 *   from scanned s
 *   where s.place = case
 *     when (select count(*) from matching) = :changed! then (select max(place) from matching)
 *     else (select place from bound)
 *   end
 * ),
 * filtered as (
 *   select count(*)::integer as events
 *   from candidates c
 *     cross join job j
 *     cross join reached r
 *   where
 *     j.filter is not null and c.destination is null and c.place <= r.place
 *     and not exists (select from matching m where m.id = c.id)
 *     and exists (select from inbox i where i.event_id = any(c.event_ids) and i.event_id >= :firstId! offset 0)
 *     and not exists (
 *       select from deliveries d
 *       where d.event_id = any(c.event_ids) and d.event_id >= :firstId! and d.endpoint = j.endpoint and d.replay = 0 offset 0
 *     )
 * ),
 * fresh as (
 *   select
 *     m.*,
 *     row_number() over (partition by m.entity order by m.place) as nth,
 *     count(*) over (partition by m.entity) as size
 *   from matching m
 * ),
 * extended as (
 *   insert into lanes (tenant, endpoint, entity, shard, tail_sequence)
 *   select j.tenant, j.endpoint, m.entity, j.shard, count(*)
 *   from matching m
 *     cross join job j
 *   where j.ordering = 'entity'
 *   group by j.tenant, j.endpoint, m.entity, j.shard
 *   order by m.entity
 *   on conflict (endpoint, entity) do update set tail_sequence = lanes.tail_sequence + excluded.tail_sequence
 *   returning
 *     id, entity, tail_sequence, closed_sequence, delivered_sequence, replays, paused, halted_sequence is not null as halted
 * ),
 * numbered as (
 *   select
 *     f.*, j.endpoint, j.version, x.id as lane, x.tail_sequence - f.size + f.nth as sequence,
 *     x.closed_sequence, x.delivered_sequence, x.replays, x.paused, x.halted
 *   from fresh f
 *     cross join job j
 *     left join extended x on x.entity = f.entity
 * ),
 * delivered as (
 *   insert into deliveries (event_id, endpoint, tenant, shard, lane, sequence, caught_up)
 *   select id, endpoint, tenant, :shard!, lane, sequence, true
 *   from numbered
 * ),
 * moved as (
 *   update catch_up_shards s
 *   set
 *     position = coalesce(r.accept_seq, s.position),
 *     reached_at = coalesce(r.accepted_at, s.reached_at),
 *     examined = s.examined + (select count(*) from scanned where eligible and place <= r.place),
 *     routed = s.routed + (select count(*) from matching),
 *     finished_at = case when e.ended then now() end
 *   from job j
 *     cross join ending e
 *     left join reached r on true
 *   where s.endpoint = j.endpoint and s.shard = j.shard
 *   returning s.endpoint, s.shard, s.position, s.finished_at is not null as finished
 * ),
 * turned as (
 *   update shard_cursors c set turn = c.turn + 1 from moved m where c.shard = m.shard
 * ),
 * closed as (
 *   -- Shards that finish at the same time wait for each other here: one of them is the last.
 *   update catch_ups c
 *   set open_shards = c.open_shards - 1, finished_at = case when c.open_shards = 1 then now() end
 *   from moved m
 *   where c.endpoint = m.endpoint and m.finished
 *   returning c.endpoint, c.tenant, c.started_at, c.finished_at
 * ),
 * caught_up as (
 *   select
 *     c.tenant, c.endpoint, 'ep_' || replace(j.public_id::text, '-', '') as id,
 *     jsonb_build_object('startedAt', to_char(c.started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) as detail
 *   from closed c
 *     join job j on j.endpoint = c.endpoint
 *   where c.finished_at is not null and not j.deleted
 * ),
 * audited as (
 *   insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)
 *   select tenant, 'system', 'system', 'Lockstep', 'endpoint.caught_up', id, detail from caught_up
 * ),
 * told as (
 *   -- Not to the endpoint itself.
 *   insert into operational_events (tenant, type, entity, data)
 *   select c.tenant, e.type, c.id, jsonb_build_object('endpoint', c.id) || c.detail
 *   from caught_up c
 *     cross join (values ('lockstep.endpoint.caught_up')) as e (type)
 *   where exists (
 *       select
 *       from operational_subscriptions s
 *       where s.tenant = c.tenant and s.endpoint <> c.endpoint and s.event_types && event_type_patterns(e.type)
 *     )
 * )
 * select
 *   f.held as "held!",
 *   m.position as "position?",
 *   m.finished as "finished?",
 *   (select place from reached)::integer as "passed?",
 *   (select events from filtered) as "filtered!",
 *   n.id as "eventId?",
 *   n.tenant as "tenant?",
 *   n.entity as "entity?",
 *   n.type as "type?",
 *   nullif(n.source, 'api') as "source?",
 *   n.content_type as "contentType?",
 *   n.traceparent as "traceparent?",
 *   n.attributes as "attributes?",
 *   n.version as "endpointVersion?",
 *   n.lane as "lane?",
 *   n.sequence as "sequence?",
 *   n.closed_sequence as "closedSequence?",
 *   n.delivered_sequence as "deliveredSequence?",
 *   n.replays as "replays?",
 *   n.paused as "paused?",
 *   n.halted as "halted?"
 * from (select count(*) = 1 as held from fence) f
 *   left join moved m on true
 *   left join numbered n on true
 * order by n.place
 * ```
 */
export const stepCatchUp = new PreparedQuery<IStepCatchUpParams,IStepCatchUpResult>(stepCatchUpIR);


