/** Types generated for queries found in "libs/flow/admission/admit-batch.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type BufferArray = (Buffer)[];

export type NumberOrString = number | string;

export type NumberOrStringArray = (NumberOrString)[];

export type booleanArray = (boolean)[];

export type numberArray = (number)[];

export type stringArray = (string)[];

/** 'AdmitBatch' parameters type */
export interface IAdmitBatchParams {
  caughtUp: booleanArray;
  epochs: NumberOrStringArray;
  firstId: string;
  ids: stringArray;
  idShards: numberArray;
  lastId: string;
  lastIds: stringArray;
  nextOffsets: NumberOrStringArray;
  parkedHeaders: stringArray;
  parkedKeys: stringArray;
  parkedShards: numberArray;
  parkedValues: BufferArray;
  shards: numberArray;
}

/** 'AdmitBatch' return type */
export interface IAdmitBatchResult {
  admitted: boolean | null;
  closedSequence: number;
  contentType: string;
  deliveredSequence: number;
  endpoint: number;
  endpointVersion: number;
  entity: string;
  halted: boolean | null;
  held: boolean | null;
  known: boolean | null;
  lane: number;
  ordinal: number | null;
  paused: boolean;
  replays: number;
  sequence: number | null;
  shard: number | null;
  stored: boolean | null;
  tenant: string;
  traceparent: string | null;
  type: string;
}

/** 'AdmitBatch' query type */
export interface IAdmitBatchQuery {
  params: IAdmitBatchParams;
  result: IAdmitBatchResult;
}

const admitBatchIR: any = {"usedParamSet":{"shards":true,"epochs":true,"nextOffsets":true,"lastIds":true,"caughtUp":true,"ids":true,"idShards":true,"firstId":true,"lastId":true,"parkedShards":true,"parkedKeys":true,"parkedHeaders":true,"parkedValues":true},"params":[{"name":"shards","required":true,"transform":{"type":"scalar"},"locs":[{"a":168,"b":175},{"a":4390,"b":4397}]},{"name":"epochs","required":true,"transform":{"type":"scalar"},"locs":[{"a":189,"b":196}]},{"name":"nextOffsets","required":true,"transform":{"type":"scalar"},"locs":[{"a":209,"b":221}]},{"name":"lastIds","required":true,"transform":{"type":"scalar"},"locs":[{"a":234,"b":242}]},{"name":"caughtUp","required":true,"transform":{"type":"scalar"},"locs":[{"a":253,"b":262}]},{"name":"ids","required":true,"transform":{"type":"scalar"},"locs":[{"a":594,"b":598}]},{"name":"idShards","required":true,"transform":{"type":"scalar"},"locs":[{"a":609,"b":618}]},{"name":"firstId","required":true,"transform":{"type":"scalar"},"locs":[{"a":982,"b":990}]},{"name":"lastId","required":true,"transform":{"type":"scalar"},"locs":[{"a":996,"b":1003}]},{"name":"parkedShards","required":true,"transform":{"type":"scalar"},"locs":[{"a":3271,"b":3284}]},{"name":"parkedKeys","required":true,"transform":{"type":"scalar"},"locs":[{"a":3298,"b":3309}]},{"name":"parkedHeaders","required":true,"transform":{"type":"scalar"},"locs":[{"a":3320,"b":3334}]},{"name":"parkedValues","required":true,"transform":{"type":"scalar"},"locs":[{"a":3345,"b":3358}]}],"statement":"with fence as (\n  -- FOR KEY SHARE: a takeover (FOR UPDATE) waits for us, a renewal does not.\n  select l.shard, c.next_offset, c.last_id, c.caught_up\n  from\n    unnest(:shards!::integer[], :epochs!::bigint[], :nextOffsets!::bigint[], :lastIds!::uuid[], :caughtUp!::boolean[])\n      as c (shard, epoch, next_offset, last_id, caught_up)\n    join shard_leases l on l.shard = c.shard and l.epoch = c.epoch\n  order by l.shard\n  for key share of l\n),\noffered as (\n  -- The same event can be twice in one fetch: it counts where it came first.\n  select id, shard, min(ordinal) as ordinal\n  from unnest(:ids!::uuid[], :idShards!::integer[]) with ordinality as r (id, shard, ordinal)\n  group by id, shard\n),\nstored as (\n  select e.id, e.tenant, e.shard, e.type, e.entity, e.content_type, e.traceparent, o.ordinal, e.shard = o.shard as ours\n  from offered o\n    join fence f on f.shard = o.shard\n    cross join lateral (\n      select * from events where events.id = o.id and events.id between :firstId! and :lastId! offset 0\n    ) e\n),\nknown as (\n  select * from stored where ours\n),\nsubscribed as (\n  -- Who gets a type is found out once a type, not once an event.\n  select t.tenant, t.type, p.id as endpoint, p.ordering, p.version\n  from (select tenant, type, event_type_patterns(type) as patterns from known group by tenant, type) t\n    join endpoints p on p.tenant = t.tenant and p.deleted_at is null and p.event_types && t.patterns\n),\nrouted as (\n  select k.id, k.tenant, k.shard, k.entity, k.ordinal, s.endpoint, s.ordering, s.version\n  from known k\n    join subscribed s on s.tenant = k.tenant and s.type = k.type\n),\nadmitted as (\n  insert into inbox (event_id, tenant, shard, routes)\n  select k.id, k.tenant, k.shard, coalesce(r.routes, 0)\n  from known k\n    left join (select id, count(*) as routes from routed group by id) r on r.id = k.id\n  on conflict do nothing\n  returning event_id\n),\nfresh as (\n  select\n    r.*,\n    row_number() over (partition by r.endpoint, r.entity order by r.ordinal) as place,\n    count(*) over (partition by r.endpoint, r.entity) as size\n  from routed r\n    join admitted a on a.event_id = r.id\n),\nextended as (\n  insert into lanes (tenant, endpoint, entity, shard, tail_sequence)\n  select tenant, endpoint, entity, shard, count(*)\n  from fresh\n  where ordering = 'entity'\n  group by tenant, endpoint, entity, shard\n  order by endpoint, entity\n  on conflict (endpoint, entity) do update set tail_sequence = lanes.tail_sequence + excluded.tail_sequence\n  returning\n    id, endpoint, entity, tail_sequence, closed_sequence, delivered_sequence, replays, paused, halted_sequence is not null as halted\n),\nnumbered as (\n  select\n    f.id, f.tenant, f.shard, f.endpoint, f.version, x.id as lane, x.tail_sequence - f.size + f.place as sequence,\n    x.closed_sequence, x.delivered_sequence, x.replays, x.paused, x.halted\n  from fresh f\n    left join extended x on x.endpoint = f.endpoint and x.entity = f.entity\n),\ndelivered as (\n  insert into deliveries (event_id, endpoint, tenant, shard, lane, sequence)\n  select id, endpoint, tenant, shard, lane, sequence\n  from numbered\n),\nparked as (\n  insert into dispatch_outbox (tenant, shard, topic, key, headers, value)\n  select 'default', p.shard, 'dlq', p.key, p.headers::jsonb, p.value\n  from\n    unnest(:parkedShards!::integer[], :parkedKeys!::text[], :parkedHeaders!::text[], :parkedValues!::bytea[])\n      as p (shard, key, headers, value)\n    join fence f on f.shard = p.shard\n),\nmoved as (\n  update shard_cursors c\n  set\n    next_offset = coalesce(f.next_offset, c.next_offset),\n    last_event_id = case when f.next_offset is null then c.last_event_id else f.last_id end,\n    caught_up_at = case when f.caught_up then now() else c.caught_up_at end\n  from fence f\n  where c.shard = f.shard\n    and not exists (\n      select from offered o where o.shard = f.shard and not exists (select from known k where k.ordinal = o.ordinal)\n    )\n)\nselect\n  q.shard,\n  f.shard is not null as held,\n  o.ordinal::integer as ordinal,\n  k.ordinal is not null as known,\n  e.ordinal is not null as stored,\n  a.event_id is not null as admitted,\n  k.tenant,\n  k.entity,\n  k.type,\n  k.content_type as \"contentType\",\n  k.traceparent,\n  n.endpoint,\n  n.version as \"endpointVersion\",\n  n.lane,\n  n.sequence,\n  n.closed_sequence as \"closedSequence\",\n  n.delivered_sequence as \"deliveredSequence\",\n  n.replays,\n  n.paused,\n  n.halted\nfrom unnest(:shards!::integer[]) as q (shard)\n  left join fence f on f.shard = q.shard\n  left join offered o on o.shard = f.shard\n  left join stored e on e.ordinal = o.ordinal\n  left join known k on k.ordinal = o.ordinal\n  left join admitted a on a.event_id = k.id\n  left join numbered n on n.id = a.event_id\norder by o.ordinal"};

/**
 * Query generated from SQL:
 * ```
 * with fence as (
 *   -- FOR KEY SHARE: a takeover (FOR UPDATE) waits for us, a renewal does not.
 *   select l.shard, c.next_offset, c.last_id, c.caught_up
 *   from
 *     unnest(:shards!::integer[], :epochs!::bigint[], :nextOffsets!::bigint[], :lastIds!::uuid[], :caughtUp!::boolean[])
 *       as c (shard, epoch, next_offset, last_id, caught_up)
 *     join shard_leases l on l.shard = c.shard and l.epoch = c.epoch
 *   order by l.shard
 *   for key share of l
 * ),
 * offered as (
 *   -- The same event can be twice in one fetch: it counts where it came first.
 *   select id, shard, min(ordinal) as ordinal
 *   from unnest(:ids!::uuid[], :idShards!::integer[]) with ordinality as r (id, shard, ordinal)
 *   group by id, shard
 * ),
 * stored as (
 *   select e.id, e.tenant, e.shard, e.type, e.entity, e.content_type, e.traceparent, o.ordinal, e.shard = o.shard as ours
 *   from offered o
 *     join fence f on f.shard = o.shard
 *     cross join lateral (
 *       select * from events where events.id = o.id and events.id between :firstId! and :lastId! offset 0
 *     ) e
 * ),
 * known as (
 *   select * from stored where ours
 * ),
 * subscribed as (
 *   -- Who gets a type is found out once a type, not once an event.
 *   select t.tenant, t.type, p.id as endpoint, p.ordering, p.version
 *   from (select tenant, type, event_type_patterns(type) as patterns from known group by tenant, type) t
 *     join endpoints p on p.tenant = t.tenant and p.deleted_at is null and p.event_types && t.patterns
 * ),
 * routed as (
 *   select k.id, k.tenant, k.shard, k.entity, k.ordinal, s.endpoint, s.ordering, s.version
 *   from known k
 *     join subscribed s on s.tenant = k.tenant and s.type = k.type
 * ),
 * admitted as (
 *   insert into inbox (event_id, tenant, shard, routes)
 *   select k.id, k.tenant, k.shard, coalesce(r.routes, 0)
 *   from known k
 *     left join (select id, count(*) as routes from routed group by id) r on r.id = k.id
 *   on conflict do nothing
 *   returning event_id
 * ),
 * fresh as (
 *   select
 *     r.*,
 *     row_number() over (partition by r.endpoint, r.entity order by r.ordinal) as place,
 *     count(*) over (partition by r.endpoint, r.entity) as size
 *   from routed r
 *     join admitted a on a.event_id = r.id
 * ),
 * extended as (
 *   insert into lanes (tenant, endpoint, entity, shard, tail_sequence)
 *   select tenant, endpoint, entity, shard, count(*)
 *   from fresh
 *   where ordering = 'entity'
 *   group by tenant, endpoint, entity, shard
 *   order by endpoint, entity
 *   on conflict (endpoint, entity) do update set tail_sequence = lanes.tail_sequence + excluded.tail_sequence
 *   returning
 *     id, endpoint, entity, tail_sequence, closed_sequence, delivered_sequence, replays, paused, halted_sequence is not null as halted
 * ),
 * numbered as (
 *   select
 *     f.id, f.tenant, f.shard, f.endpoint, f.version, x.id as lane, x.tail_sequence - f.size + f.place as sequence,
 *     x.closed_sequence, x.delivered_sequence, x.replays, x.paused, x.halted
 *   from fresh f
 *     left join extended x on x.endpoint = f.endpoint and x.entity = f.entity
 * ),
 * delivered as (
 *   insert into deliveries (event_id, endpoint, tenant, shard, lane, sequence)
 *   select id, endpoint, tenant, shard, lane, sequence
 *   from numbered
 * ),
 * parked as (
 *   insert into dispatch_outbox (tenant, shard, topic, key, headers, value)
 *   select 'default', p.shard, 'dlq', p.key, p.headers::jsonb, p.value
 *   from
 *     unnest(:parkedShards!::integer[], :parkedKeys!::text[], :parkedHeaders!::text[], :parkedValues!::bytea[])
 *       as p (shard, key, headers, value)
 *     join fence f on f.shard = p.shard
 * ),
 * moved as (
 *   update shard_cursors c
 *   set
 *     next_offset = coalesce(f.next_offset, c.next_offset),
 *     last_event_id = case when f.next_offset is null then c.last_event_id else f.last_id end,
 *     caught_up_at = case when f.caught_up then now() else c.caught_up_at end
 *   from fence f
 *   where c.shard = f.shard
 *     and not exists (
 *       select from offered o where o.shard = f.shard and not exists (select from known k where k.ordinal = o.ordinal)
 *     )
 * )
 * select
 *   q.shard,
 *   f.shard is not null as held,
 *   o.ordinal::integer as ordinal,
 *   k.ordinal is not null as known,
 *   e.ordinal is not null as stored,
 *   a.event_id is not null as admitted,
 *   k.tenant,
 *   k.entity,
 *   k.type,
 *   k.content_type as "contentType",
 *   k.traceparent,
 *   n.endpoint,
 *   n.version as "endpointVersion",
 *   n.lane,
 *   n.sequence,
 *   n.closed_sequence as "closedSequence",
 *   n.delivered_sequence as "deliveredSequence",
 *   n.replays,
 *   n.paused,
 *   n.halted
 * from unnest(:shards!::integer[]) as q (shard)
 *   left join fence f on f.shard = q.shard
 *   left join offered o on o.shard = f.shard
 *   left join stored e on e.ordinal = o.ordinal
 *   left join known k on k.ordinal = o.ordinal
 *   left join admitted a on a.event_id = k.id
 *   left join numbered n on n.id = a.event_id
 * order by o.ordinal
 * ```
 */
export const admitBatch = new PreparedQuery<IAdmitBatchParams,IAdmitBatchResult>(admitBatchIR);


