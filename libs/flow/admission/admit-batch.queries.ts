/** Types generated for queries found in "libs/flow/admission/admit-batch.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type BufferArray = (Buffer)[];

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

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
  mostDeliveries: numberArray;
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
  attributes: Json | null;
  closedSequence: number;
  contentType: string;
  deliveredSequence: number;
  endpoint: number | null;
  endpointVersion: number;
  entity: string;
  filtered: number | null;
  halted: boolean | null;
  held: boolean | null;
  lane: number;
  ordinal: number | null;
  ours: boolean | null;
  paused: boolean;
  replays: number;
  sequence: number | null;
  shard: number | null;
  source: string | null;
  stored: boolean | null;
  taken: boolean | null;
  tenant: string;
  traceparent: string | null;
  type: string;
}

/** 'AdmitBatch' query type */
export interface IAdmitBatchQuery {
  params: IAdmitBatchParams;
  result: IAdmitBatchResult;
}

const admitBatchIR: any = {"usedParamSet":{"shards":true,"epochs":true,"nextOffsets":true,"lastIds":true,"caughtUp":true,"mostDeliveries":true,"ids":true,"idShards":true,"firstId":true,"lastId":true,"parkedShards":true,"parkedKeys":true,"parkedHeaders":true,"parkedValues":true},"params":[{"name":"shards","required":true,"transform":{"type":"scalar"},"locs":[{"a":250,"b":257},{"a":1020,"b":1027},{"a":9469,"b":9476}]},{"name":"epochs","required":true,"transform":{"type":"scalar"},"locs":[{"a":271,"b":278},{"a":1041,"b":1048}]},{"name":"nextOffsets","required":true,"transform":{"type":"scalar"},"locs":[{"a":291,"b":303}]},{"name":"lastIds","required":true,"transform":{"type":"scalar"},"locs":[{"a":316,"b":324}]},{"name":"caughtUp","required":true,"transform":{"type":"scalar"},"locs":[{"a":335,"b":344}]},{"name":"mostDeliveries","required":true,"transform":{"type":"scalar"},"locs":[{"a":364,"b":379}]},{"name":"ids","required":true,"transform":{"type":"scalar"},"locs":[{"a":1446,"b":1450}]},{"name":"idShards","required":true,"transform":{"type":"scalar"},"locs":[{"a":1461,"b":1470}]},{"name":"firstId","required":true,"transform":{"type":"scalar"},"locs":[{"a":2445,"b":2453}]},{"name":"lastId","required":true,"transform":{"type":"scalar"},"locs":[{"a":2459,"b":2466}]},{"name":"parkedShards","required":true,"transform":{"type":"scalar"},"locs":[{"a":8367,"b":8380}]},{"name":"parkedKeys","required":true,"transform":{"type":"scalar"},"locs":[{"a":8394,"b":8405}]},{"name":"parkedHeaders","required":true,"transform":{"type":"scalar"},"locs":[{"a":8416,"b":8430}]},{"name":"parkedValues","required":true,"transform":{"type":"scalar"},"locs":[{"a":8441,"b":8454}]}],"statement":"with locked as (\n  -- FOR KEY SHARE: a takeover (FOR UPDATE) waits for us, a renewal does not. The cursor's row: catch-ups of the shard wait.\n  select l.shard, s.turn, c.next_offset, c.last_id, c.caught_up, c.most_deliveries\n  from\n    unnest(\n      :shards!::integer[], :epochs!::bigint[], :nextOffsets!::bigint[], :lastIds!::uuid[], :caughtUp!::boolean[],\n      :mostDeliveries!::integer[]\n    ) as c (shard, epoch, next_offset, last_id, caught_up, most_deliveries)\n    join shard_leases l on l.shard = c.shard and l.epoch = c.epoch\n    join shard_cursors s on s.shard = l.shard\n  order by l.shard\n  for key share of l\n  for no key update of s\n),\nfence as (\n  -- Having waited for a catch-up's step, this statement would not see how far that has come.\n  select k.*\n  from locked k\n    join shard_cursors c on c.shard = k.shard\n  where\n    case when c.turn = k.turn then true else refuse_outdated_snapshot(k.shard) end\n    and not exists (\n      -- Taken over since this statement began.\n      select\n      from unnest(:shards!::integer[], :epochs!::bigint[]) as o (shard, epoch)\n        join shard_leases l on l.shard = o.shard\n      where case\n        when l.epoch <> o.epoch or l.shard in (select shard from locked) then false\n        else refuse_outdated_snapshot(l.shard)\n      end\n    )\n),\noffered as (\n  -- The same event can be twice in one fetch: it counts where it came first.\n  select id, shard, min(ordinal) as ordinal\n  from unnest(:ids!::uuid[], :idShards!::integer[]) with ordinality as r (id, shard, ordinal)\n  group by id, shard\n),\nfound as (\n  select\n    e.id, e.tenant, e.shard, e.accept_seq, e.type, e.entity, e.source, e.content_type, e.traceparent, e.attributes, o.ordinal,\n    e.shard = o.shard as ours, octet_length(e.payload) as bytes,\n    -- Large ones are not read here: what is passed on is where they are.\n    case\n      when e.tenant in (select p.tenant from endpoints p where p.filter is not null and p.deleted_at is null) then e.payload\n    end as payload,\n    -- 0 for none, because null is no key of a hash join.\n    coalesce(e.destination, 0) as destination, f.most_deliveries,\n    -- What an operational event is about: an endpoint or a source. Empty for every other event.\n    case when starts_with(e.type, 'lockstep.') then e.entity else '' end as about\n  from offered o\n    join fence f on f.shard = o.shard\n    cross join lateral (\n      select * from events where events.id = o.id and events.id between :firstId! and :lastId! offset 0\n    ) e\n),\nsubscribed as (\n  -- Who gets a type is found out once a type, not once an event.\n  select\n    t.tenant, t.type, 0 as destination, t.about, p.id as endpoint, p.ordering, p.version, p.filter_path as filter,\n    p.filter_passes as passes\n  from (\n      select tenant, type, about, event_type_patterns(type) as patterns\n      from found\n      where ours and destination = 0\n      group by tenant, type, about\n    ) t\n    join endpoints p\n      on p.tenant = t.tenant and p.deleted_at is null and p.destination_of is null and p.event_types && t.patterns\n        and (t.about = '' or t.about <> 'ep_' || replace(p.public_id::text, '-', ''))\n  union all\n  select d.tenant, d.type, d.destination, '', p.id, p.ordering, p.version, null, null\n  from (select tenant, type, destination from found where ours and destination <> 0 group by tenant, type, destination) d\n    cross join lateral (select * from endpoints where endpoints.id = d.destination offset 0) p\n  where p.tenant = d.tenant and p.deleted_at is null\n),\ncatching_up as (\n  select s.endpoint, s.shard, s.position, catch_up_floor(c.first_at) as first_id\n  from fence f\n    join catch_up_shards s on s.shard = f.shard\n    join catch_ups c on c.endpoint = s.endpoint\n  where s.finished_at is null\n),\nleft_out as (\n  -- Endpoints whose catch-ups will come to the event, and find it in the inbox.\n  select e.ordinal, array_agg(s.endpoint) as endpoints\n  from catching_up c\n    join found e on e.shard = c.shard and e.accept_seq > c.position and e.id >= c.first_id\n    join subscribed s\n      on s.endpoint = c.endpoint and s.tenant = e.tenant and s.type = e.type and s.destination = e.destination\n        and s.about = e.about\n  where e.ours\n  group by e.ordinal\n),\nweighed as (\n  select\n    f.*, coalesce(r.candidates, 0) as candidates,\n    coalesce(r.candidates + r.passes * least(f.bytes, 262144) / 16384, 0)::integer as weight\n  from found f\n    left join (\n      select tenant, type, destination, about, count(*)::integer as candidates, coalesce(sum(passes), 0) as passes\n      from subscribed\n      group by tenant, type, destination, about\n    ) r\n      on r.tenant = f.tenant and r.type = f.type and r.destination = f.destination and r.about = f.about and f.ours\n),\nstored as (\n  select *, ours and sum(weight) over of_shard - weight < most_deliveries as taken\n  from weighed\n  window of_shard as (partition by shard order by ordinal rows unbounded preceding)\n),\njudged as (\n  -- Endpoints that do not get the event because of their filters; null, or empty, if none has one.\n  select\n    e.id, e.tenant, e.shard, e.type, e.destination, e.about, e.entity, e.ordinal, l.endpoints as left_out,\n    e.candidates - coalesce(cardinality(l.endpoints), 0) as candidates,\n    case\n      when l.endpoints is null then endpoints_refusing(e.payload, f.endpoints, f.filters, f.most_bytes)\n      else array(\n        select r.endpoint\n        from unnest(endpoints_refusing(e.payload, f.endpoints, f.filters, f.most_bytes)) as r (endpoint)\n        where r.endpoint <> all(l.endpoints)\n      )\n    end as refusing\n  from stored e\n    left join left_out l on l.ordinal = e.ordinal\n    left join (\n      select\n        tenant, type, destination, about, array_agg(endpoint order by endpoint) as endpoints,\n        array_agg(filter order by endpoint) as filters, least(262144, 67108864 / sum(passes)) as most_bytes\n      from subscribed\n      where filter is not null\n      group by tenant, type, destination, about\n    ) f on f.tenant = e.tenant and f.type = e.type and f.destination = e.destination and f.about = e.about\n  where e.taken\n),\nrouted as (\n  select e.id, e.tenant, e.shard, e.entity, e.ordinal, s.endpoint, s.ordering, s.version\n  from judged e\n    join subscribed s on s.tenant = e.tenant and s.type = e.type and s.destination = e.destination and s.about = e.about\n  where (s.filter is null or s.endpoint <> all(e.refusing)) and (e.left_out is null or s.endpoint <> all(e.left_out))\n),\nadmitted as (\n  insert into inbox (event_id, tenant, shard, routes, filtered, filtered_endpoints)\n  select\n    id, tenant, shard, candidates - coalesce(cardinality(refusing), 0), nullif(cardinality(refusing), 0),\n    nullif(refusing[:100], '{}')\n  from judged\n  on conflict do nothing\n  returning event_id, filtered\n),\ncomplete as (\n  -- Shards of which every record is taken.\n  select f.*\n  from fence f\n  where not exists (\n    select from offered o\n    where o.shard = f.shard and not exists (select from stored e where e.ordinal = o.ordinal and e.taken)\n  )\n),\nfresh as (\n  select\n    r.*,\n    row_number() over (partition by r.endpoint, r.entity order by r.ordinal) as place,\n    count(*) over (partition by r.endpoint, r.entity) as size\n  from routed r\n    join admitted a on a.event_id = r.id\n),\nextended as (\n  insert into lanes (tenant, endpoint, entity, shard, tail_sequence)\n  select tenant, endpoint, entity, shard, count(*)\n  from fresh\n  where ordering = 'entity'\n  group by tenant, endpoint, entity, shard\n  order by endpoint, entity\n  on conflict (endpoint, entity) do update set tail_sequence = lanes.tail_sequence + excluded.tail_sequence\n  returning\n    id, endpoint, entity, tail_sequence, closed_sequence, delivered_sequence, replays, paused, halted_sequence is not null as halted\n),\nnumbered as (\n  select\n    f.id, f.tenant, f.shard, f.endpoint, f.version, x.id as lane, x.tail_sequence - f.size + f.place as sequence,\n    x.closed_sequence, x.delivered_sequence, x.replays, x.paused, x.halted\n  from fresh f\n    left join extended x on x.endpoint = f.endpoint and x.entity = f.entity\n),\ndelivered as (\n  insert into deliveries (event_id, endpoint, tenant, shard, lane, sequence)\n  select id, endpoint, tenant, shard, lane, sequence\n  from numbered\n),\nparked as (\n  insert into dispatch_outbox (tenant, shard, topic, key, headers, value)\n  select null, p.shard, 'dlq', p.key, p.headers::jsonb, p.value\n  from\n    unnest(:parkedShards!::integer[], :parkedKeys!::text[], :parkedHeaders!::text[], :parkedValues!::bytea[])\n      as p (shard, key, headers, value)\n    join complete c on c.shard = p.shard\n),\nmoved as (\n  update shard_cursors c\n  set\n    turn = c.turn + 1,\n    next_offset = coalesce(a.next_offset, c.next_offset),\n    last_event_id = case when a.next_offset is null then c.last_event_id else a.last_id end,\n    caught_up_at = case when a.caught_up then now() else c.caught_up_at end\n  from fence f\n    left join complete a on a.shard = f.shard\n  where c.shard = f.shard\n)\nselect\n  q.shard,\n  f.shard is not null as held,\n  o.ordinal::integer as ordinal,\n  e.ordinal is not null as stored,\n  e.ours,\n  e.taken,\n  a.event_id is not null as admitted,\n  a.filtered,\n  e.tenant,\n  e.entity,\n  e.type,\n  nullif(e.source, 'api') as source,\n  e.content_type as \"contentType\",\n  e.traceparent,\n  e.attributes,\n  n.endpoint,\n  n.version as \"endpointVersion!\",\n  n.lane,\n  n.sequence,\n  n.closed_sequence as \"closedSequence\",\n  n.delivered_sequence as \"deliveredSequence\",\n  n.replays,\n  n.paused,\n  n.halted\nfrom unnest(:shards!::integer[]) as q (shard)\n  left join fence f on f.shard = q.shard\n  left join offered o on o.shard = f.shard\n  left join stored e on e.ordinal = o.ordinal\n  left join admitted a on a.event_id = e.id and e.taken\n  left join numbered n on n.id = a.event_id\norder by o.ordinal"};

/**
 * Query generated from SQL:
 * ```
 * with locked as (
 *   -- FOR KEY SHARE: a takeover (FOR UPDATE) waits for us, a renewal does not. The cursor's row: catch-ups of the shard wait.
 *   select l.shard, s.turn, c.next_offset, c.last_id, c.caught_up, c.most_deliveries
 *   from
 *     unnest(
 *       :shards!::integer[], :epochs!::bigint[], :nextOffsets!::bigint[], :lastIds!::uuid[], :caughtUp!::boolean[],
 *       :mostDeliveries!::integer[]
 *     ) as c (shard, epoch, next_offset, last_id, caught_up, most_deliveries)
 *     join shard_leases l on l.shard = c.shard and l.epoch = c.epoch
 *     join shard_cursors s on s.shard = l.shard
 *   order by l.shard
 *   for key share of l
 *   for no key update of s
 * ),
 * fence as (
 *   -- Having waited for a catch-up's step, this statement would not see how far that has come.
 *   select k.*
 *   from locked k
 *     join shard_cursors c on c.shard = k.shard
 *   where
 *     case when c.turn = k.turn then true else refuse_outdated_snapshot(k.shard) end
 *     and not exists (
 *       -- Taken over since this statement began.
 *       select
 *       from unnest(:shards!::integer[], :epochs!::bigint[]) as o (shard, epoch)
 *         join shard_leases l on l.shard = o.shard
 *       where case
 *         when l.epoch <> o.epoch or l.shard in (select shard from locked) then false
 *         else refuse_outdated_snapshot(l.shard)
 *       end
 *     )
 * ),
 * offered as (
 *   -- The same event can be twice in one fetch: it counts where it came first.
 *   select id, shard, min(ordinal) as ordinal
 *   from unnest(:ids!::uuid[], :idShards!::integer[]) with ordinality as r (id, shard, ordinal)
 *   group by id, shard
 * ),
 * found as (
 *   select
 *     e.id, e.tenant, e.shard, e.accept_seq, e.type, e.entity, e.source, e.content_type, e.traceparent, e.attributes, o.ordinal,
 *     e.shard = o.shard as ours, octet_length(e.payload) as bytes,
 *     -- Large ones are not read here: what is passed on is where they are.
 *     case
 *       when e.tenant in (select p.tenant from endpoints p where p.filter is not null and p.deleted_at is null) then e.payload
 *     end as payload,
 *     -- 0 for none, because null is no key of a hash join.
 *     coalesce(e.destination, 0) as destination, f.most_deliveries,
 *     -- What an operational event is about: an endpoint or a source. Empty for every other event.
 *     case when starts_with(e.type, 'lockstep.') then e.entity else '' end as about
 *   from offered o
 *     join fence f on f.shard = o.shard
 *     cross join lateral (
 *       select * from events where events.id = o.id and events.id between :firstId! and :lastId! offset 0
 *     ) e
 * ),
 * subscribed as (
 *   -- Who gets a type is found out once a type, not once an event.
 *   select
 *     t.tenant, t.type, 0 as destination, t.about, p.id as endpoint, p.ordering, p.version, p.filter_path as filter,
 *     p.filter_passes as passes
 *   from (
 *       select tenant, type, about, event_type_patterns(type) as patterns
 *       from found
 *       where ours and destination = 0
 *       group by tenant, type, about
 *     ) t
 *     join endpoints p
 *       on p.tenant = t.tenant and p.deleted_at is null and p.destination_of is null and p.event_types && t.patterns
 *         and (t.about = '' or t.about <> 'ep_' || replace(p.public_id::text, '-', ''))
 *   union all
 *   select d.tenant, d.type, d.destination, '', p.id, p.ordering, p.version, null, null
 *   from (select tenant, type, destination from found where ours and destination <> 0 group by tenant, type, destination) d
 *     cross join lateral (select * from endpoints where endpoints.id = d.destination offset 0) p
 *   where p.tenant = d.tenant and p.deleted_at is null
 * ),
 * catching_up as (
 *   select s.endpoint, s.shard, s.position, catch_up_floor(c.first_at) as first_id
 *   from fence f
 *     join catch_up_shards s on s.shard = f.shard
 *     join catch_ups c on c.endpoint = s.endpoint
 *   where s.finished_at is null
 * ),
 * left_out as (
 *   -- Endpoints whose catch-ups will come to the event, and find it in the inbox.
 *   select e.ordinal, array_agg(s.endpoint) as endpoints
 *   from catching_up c
 *     join found e on e.shard = c.shard and e.accept_seq > c.position and e.id >= c.first_id
 *     join subscribed s
 *       on s.endpoint = c.endpoint and s.tenant = e.tenant and s.type = e.type and s.destination = e.destination
 *         and s.about = e.about
 *   where e.ours
 *   group by e.ordinal
 * ),
 * weighed as (
 *   select
 *     f.*, coalesce(r.candidates, 0) as candidates,
 *     coalesce(r.candidates + r.passes * least(f.bytes, 262144) / 16384, 0)::integer as weight
 *   from found f
 *     left join (
 *       select tenant, type, destination, about, count(*)::integer as candidates, coalesce(sum(passes), 0) as passes
 *       from subscribed
 *       group by tenant, type, destination, about
 *     ) r
 *       on r.tenant = f.tenant and r.type = f.type and r.destination = f.destination and r.about = f.about and f.ours
 * ),
 * stored as (
 *   select *, ours and sum(weight) over of_shard - weight < most_deliveries as taken
 *   from weighed
 *   window of_shard as (partition by shard order by ordinal rows unbounded preceding)
 * ),
 * judged as (
 *   -- Endpoints that do not get the event because of their filters; null, or empty, if none has one.
 *   select
 *     e.id, e.tenant, e.shard, e.type, e.destination, e.about, e.entity, e.ordinal, l.endpoints as left_out,
 *     e.candidates - coalesce(cardinality(l.endpoints), 0) as candidates,
 *     case
 *       when l.endpoints is null then endpoints_refusing(e.payload, f.endpoints, f.filters, f.most_bytes)
 *       else array(
 *         select r.endpoint
 *         from unnest(endpoints_refusing(e.payload, f.endpoints, f.filters, f.most_bytes)) as r (endpoint)
 *         where r.endpoint <> all(l.endpoints)
 *       )
 *     end as refusing
 *   from stored e
 *     left join left_out l on l.ordinal = e.ordinal
 *     left join (
 *       select
 *         tenant, type, destination, about, array_agg(endpoint order by endpoint) as endpoints,
 *         array_agg(filter order by endpoint) as filters, least(262144, 67108864 / sum(passes)) as most_bytes
 *       from subscribed
 *       where filter is not null
 *       group by tenant, type, destination, about
 *     ) f on f.tenant = e.tenant and f.type = e.type and f.destination = e.destination and f.about = e.about
 *   where e.taken
 * ),
 * routed as (
 *   select e.id, e.tenant, e.shard, e.entity, e.ordinal, s.endpoint, s.ordering, s.version
 *   from judged e
 *     join subscribed s on s.tenant = e.tenant and s.type = e.type and s.destination = e.destination and s.about = e.about
 *   where (s.filter is null or s.endpoint <> all(e.refusing)) and (e.left_out is null or s.endpoint <> all(e.left_out))
 * ),
 * admitted as (
 *   insert into inbox (event_id, tenant, shard, routes, filtered, filtered_endpoints)
 *   select
 *     id, tenant, shard, candidates - coalesce(cardinality(refusing), 0), nullif(cardinality(refusing), 0),
 *     nullif(refusing[:100], '{}')
 *   from judged
 *   on conflict do nothing
 *   returning event_id, filtered
 * ),
 * complete as (
 *   -- Shards of which every record is taken.
 *   select f.*
 *   from fence f
 *   where not exists (
 *     select from offered o
 *     where o.shard = f.shard and not exists (select from stored e where e.ordinal = o.ordinal and e.taken)
 *   )
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
 *   select null, p.shard, 'dlq', p.key, p.headers::jsonb, p.value
 *   from
 *     unnest(:parkedShards!::integer[], :parkedKeys!::text[], :parkedHeaders!::text[], :parkedValues!::bytea[])
 *       as p (shard, key, headers, value)
 *     join complete c on c.shard = p.shard
 * ),
 * moved as (
 *   update shard_cursors c
 *   set
 *     turn = c.turn + 1,
 *     next_offset = coalesce(a.next_offset, c.next_offset),
 *     last_event_id = case when a.next_offset is null then c.last_event_id else a.last_id end,
 *     caught_up_at = case when a.caught_up then now() else c.caught_up_at end
 *   from fence f
 *     left join complete a on a.shard = f.shard
 *   where c.shard = f.shard
 * )
 * select
 *   q.shard,
 *   f.shard is not null as held,
 *   o.ordinal::integer as ordinal,
 *   e.ordinal is not null as stored,
 *   e.ours,
 *   e.taken,
 *   a.event_id is not null as admitted,
 *   a.filtered,
 *   e.tenant,
 *   e.entity,
 *   e.type,
 *   nullif(e.source, 'api') as source,
 *   e.content_type as "contentType",
 *   e.traceparent,
 *   e.attributes,
 *   n.endpoint,
 *   n.version as "endpointVersion!",
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
 *   left join admitted a on a.event_id = e.id and e.taken
 *   left join numbered n on n.id = a.event_id
 * order by o.ordinal
 * ```
 */
export const admitBatch = new PreparedQuery<IAdmitBatchParams,IAdmitBatchResult>(admitBatchIR);


