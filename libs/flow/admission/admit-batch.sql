/*
  Admits a batch of records from several shards in one statement: fence, inbox, deliveries with their lanes' next
  sequences, cursor. Either all of it is committed or nothing.

  :shards, :epochs, :nextOffsets, :lastIds, :caughtUp, :mostDeliveries
                                              one entry a shard: whose admissions these are, where its cursor moves to
                                              (null: stays), the id of the record before (null: not known), whether it
                                              has then read all there is, how many deliveries it may get
  :ids, :idShards                             one entry a record, in the order of the log
  :firstId, :lastId                           the lowest and highest of :ids: other days' partitions are not opened
  :parked…                                    records that are not ours, for the `dlq` topic; one entry each

  A shard whose epoch has moved on is fenced: nothing of it is written, and its row says so. A record without a row in
  `events`, or of another shard, is unknown. Of the known events of a shard the first ones are admitted, at least one, as
  long as those before them have fewer than :mostDeliveries routes; the others are postponed. While a record of a shard is
  unknown or postponed, its cursor stays before the batch and nothing of it is parked: the caller comes again with the rest.
  What was admitted before (inbox) is not admitted again.

  An event that names a destination is routed to this endpoint, unless that is deleted; any other by its type and body, and
  never to an endpoint that was made for a destination. An operational event is not routed to the endpoint that it is about. An
  endpoint that is catching up gets what its catch-up has passed; the rest is left to the catch-up, its filter too.

  Filters are evaluated for events that are taken and have an endpoint with a filter; a body is read and parsed once for all
  of them. Their cost is bounded before they are evaluated: against :mostDeliveries an event counts as many deliveries as
  it has endpoints by its type, whether or not these are filtered or left to a catch-up, and one more for every 16 KiB that
  its filters may read (0.5 ms with the body that takes longest). Bodies above 256 KiB, or so large that their filters may read 64 MiB, match no
  filter.

  A shard's admissions and steps of catch-ups are serial. A statement that has waited for one of them is refused as a whole
  (40001), and is to be sent again.

  "ids" is the id as an array of one, by which Postgres looks up rows but prunes no partitions. Those are pruned once, by
  :firstId and :lastId. Pruning at run time breaks the statement when it locks a row that has changed since it began
  (docs/design.md, Storage): here a lease that was taken over, or a cursor. The records of other shards would be
  unknown, and parked.

  Runs in sessions with enable_nestloop = off: the planner cannot know how long the arrays are, and nested loops over
  500 rows on both sides took 150 ms where hash joins take 12. The look-ups that must go by index, row by row, are
  lateral subqueries with OFFSET 0, which no plan can turn into a scan.
*/
/* @name admitBatch */
with locked as (
  -- FOR KEY SHARE: a takeover (FOR UPDATE) waits for us, a renewal does not. The cursor's row: catch-ups of the shard wait.
  select l.shard, s.turn, c.next_offset, c.last_id, c.caught_up, c.most_deliveries
  from
    unnest(
      :shards!::integer[], :epochs!::bigint[], :nextOffsets!::bigint[], :lastIds!::uuid[], :caughtUp!::boolean[],
      :mostDeliveries!::integer[]
    ) as c (shard, epoch, next_offset, last_id, caught_up, most_deliveries)
    join shard_leases l on l.shard = c.shard and l.epoch = c.epoch
    join shard_cursors s on s.shard = l.shard
  order by l.shard
  for key share of l
  for no key update of s
),
fence as (
  -- Having waited for a catch-up's step, this statement would not see how far that has come.
  select k.*
  from locked k
    join shard_cursors c on c.shard = k.shard
  where case when c.turn = k.turn then true else refuse_outdated_snapshot(k.shard) end
),
offered as materialized (
  -- The same event can be twice in one fetch: it counts where it came first.
  select id, shard, min(ordinal) as ordinal, array[id] as ids
  from unnest(:ids!::uuid[], :idShards!::integer[]) with ordinality as r (id, shard, ordinal)
  group by id, shard
),
found as (
  select
    e.id, e.tenant, e.shard, e.accept_seq, e.type, e.entity, e.source, e.content_type, e.traceparent, e.attributes, o.ordinal,
    e.shard = o.shard as ours, octet_length(e.payload) as bytes,
    -- Large ones are not read here: what is passed on is where they are.
    case
      when e.tenant in (select p.tenant from endpoints p where p.filter is not null and p.deleted_at is null) then e.payload
    end as payload,
    -- 0 for none, because null is no key of a hash join.
    coalesce(e.destination, 0) as destination, f.most_deliveries,
    -- What an operational event is about: an endpoint or a source. Empty for every other event.
    case when starts_with(e.type, 'lockstep.') then e.entity else '' end as about
  from offered o
    join fence f on f.shard = o.shard
    cross join lateral (
      select * from events where events.id = any(o.ids) and events.id between :firstId! and :lastId! offset 0
    ) e
),
subscribed as (
  -- Who gets a type is found out once a type, not once an event.
  select
    t.tenant, t.type, 0 as destination, t.about, p.id as endpoint, p.ordering, p.version, p.filter_path as filter,
    p.filter_passes as passes
  from (
      select tenant, type, about, event_type_patterns(type) as patterns
      from found
      where ours and destination = 0
      group by tenant, type, about
    ) t
    join endpoints p
      on p.tenant = t.tenant and p.deleted_at is null and p.destination_of is null and p.event_types && t.patterns
        and (t.about = '' or t.about <> 'ep_' || replace(p.public_id::text, '-', ''))
  union all
  select d.tenant, d.type, d.destination, '', p.id, p.ordering, p.version, null, null
  from (select tenant, type, destination from found where ours and destination <> 0 group by tenant, type, destination) d
    cross join lateral (select * from endpoints where endpoints.id = d.destination offset 0) p
  where p.tenant = d.tenant and p.deleted_at is null
),
catching_up as (
  select s.endpoint, s.shard, s.position, catch_up_floor(c.first_at) as first_id
  from fence f
    join catch_up_shards s on s.shard = f.shard
    join catch_ups c on c.endpoint = s.endpoint
  where s.finished_at is null
),
left_out as (
  -- Endpoints whose catch-ups will come to the event, and find it in the inbox.
  select e.ordinal, array_agg(s.endpoint) as endpoints
  from catching_up c
    join found e on e.shard = c.shard and e.accept_seq > c.position and e.id >= c.first_id
    join subscribed s
      on s.endpoint = c.endpoint and s.tenant = e.tenant and s.type = e.type and s.destination = e.destination
        and s.about = e.about
  where e.ours
  group by e.ordinal
),
weighed as (
  select
    f.*, coalesce(r.candidates, 0) as candidates,
    coalesce(r.candidates + r.passes * least(f.bytes, 262144) / 16384, 0)::integer as weight
  from found f
    left join (
      select tenant, type, destination, about, count(*)::integer as candidates, coalesce(sum(passes), 0) as passes
      from subscribed
      group by tenant, type, destination, about
    ) r
      on r.tenant = f.tenant and r.type = f.type and r.destination = f.destination and r.about = f.about and f.ours
),
stored as (
  select *, ours and sum(weight) over of_shard - weight < most_deliveries as taken
  from weighed
  window of_shard as (partition by shard order by ordinal rows unbounded preceding)
),
judged as (
  -- Endpoints that do not get the event because of their filters; null, or empty, if none has one.
  select
    e.id, e.tenant, e.shard, e.type, e.destination, e.about, e.entity, e.ordinal, l.endpoints as left_out,
    e.candidates - coalesce(cardinality(l.endpoints), 0) as candidates,
    case
      when l.endpoints is null then endpoints_refusing(e.payload, f.endpoints, f.filters, f.most_bytes)
      else array(
        select r.endpoint
        from unnest(endpoints_refusing(e.payload, f.endpoints, f.filters, f.most_bytes)) as r (endpoint)
        where r.endpoint <> all(l.endpoints)
      )
    end as refusing
  from stored e
    left join left_out l on l.ordinal = e.ordinal
    left join (
      select
        tenant, type, destination, about, array_agg(endpoint order by endpoint) as endpoints,
        array_agg(filter order by endpoint) as filters, least(262144, 67108864 / sum(passes)) as most_bytes
      from subscribed
      where filter is not null
      group by tenant, type, destination, about
    ) f on f.tenant = e.tenant and f.type = e.type and f.destination = e.destination and f.about = e.about
  where e.taken
),
routed as (
  select e.id, e.tenant, e.shard, e.entity, e.ordinal, s.endpoint, s.ordering, s.version
  from judged e
    join subscribed s on s.tenant = e.tenant and s.type = e.type and s.destination = e.destination and s.about = e.about
  where (s.filter is null or s.endpoint <> all(e.refusing)) and (e.left_out is null or s.endpoint <> all(e.left_out))
),
admitted as (
  insert into inbox (event_id, tenant, shard, routes, filtered, filtered_endpoints)
  select
    id, tenant, shard, candidates - coalesce(cardinality(refusing), 0), nullif(cardinality(refusing), 0),
    nullif(refusing[:100], '{}')
  from judged
  on conflict do nothing
  returning event_id, filtered
),
complete as (
  -- Shards of which every record is taken.
  select f.*
  from fence f
  where not exists (
    select from offered o
    where o.shard = f.shard and not exists (select from stored e where e.ordinal = o.ordinal and e.taken)
  )
),
fresh as (
  select
    r.*,
    row_number() over (partition by r.endpoint, r.entity order by r.ordinal) as place,
    count(*) over (partition by r.endpoint, r.entity) as size
  from routed r
    join admitted a on a.event_id = r.id
),
extended as (
  insert into lanes (tenant, endpoint, entity, shard, tail_sequence)
  select tenant, endpoint, entity, shard, count(*)
  from fresh
  where ordering = 'entity'
  group by tenant, endpoint, entity, shard
  order by endpoint, entity
  on conflict (endpoint, entity) do update set tail_sequence = lanes.tail_sequence + excluded.tail_sequence
  returning
    id, endpoint, entity, tail_sequence, closed_sequence, delivered_sequence, replays, paused, halted_sequence is not null as halted
),
numbered as (
  select
    f.id, f.tenant, f.shard, f.endpoint, f.version, x.id as lane, x.tail_sequence - f.size + f.place as sequence,
    x.closed_sequence, x.delivered_sequence, x.replays, x.paused, x.halted
  from fresh f
    left join extended x on x.endpoint = f.endpoint and x.entity = f.entity
),
delivered as (
  insert into deliveries (event_id, endpoint, tenant, shard, lane, sequence)
  select id, endpoint, tenant, shard, lane, sequence
  from numbered
),
parked as (
  insert into dispatch_outbox (tenant, shard, topic, key, headers, value)
  select null, p.shard, 'dlq', p.key, p.headers::jsonb, p.value
  from
    unnest(:parkedShards!::integer[], :parkedKeys!::text[], :parkedHeaders!::text[], :parkedValues!::bytea[])
      as p (shard, key, headers, value)
    join complete c on c.shard = p.shard
),
moved as (
  update shard_cursors c
  set
    turn = c.turn + 1,
    next_offset = coalesce(a.next_offset, c.next_offset),
    last_event_id = case when a.next_offset is null then c.last_event_id else a.last_id end,
    caught_up_at = case when a.caught_up then now() else c.caught_up_at end
  from fence f
    left join complete a on a.shard = f.shard
  where c.shard = f.shard
)
select
  q.shard,
  f.shard is not null as held,
  o.ordinal::integer as ordinal,
  e.ordinal is not null as stored,
  e.ours,
  e.taken,
  a.event_id is not null as admitted,
  a.filtered,
  e.tenant,
  e.entity,
  e.type,
  nullif(e.source, 'api') as source,
  e.content_type as "contentType",
  e.traceparent,
  e.attributes,
  n.endpoint,
  n.version as "endpointVersion!",
  n.lane,
  n.sequence,
  n.closed_sequence as "closedSequence",
  n.delivered_sequence as "deliveredSequence",
  n.replays,
  n.paused,
  n.halted
from unnest(:shards!::integer[]) as q (shard)
  left join fence f on f.shard = q.shard
  left join offered o on o.shard = f.shard
  left join stored e on e.ordinal = o.ordinal
  left join admitted a on a.event_id = e.id and e.taken
  left join numbered n on n.id = a.event_id
order by o.ordinal;
