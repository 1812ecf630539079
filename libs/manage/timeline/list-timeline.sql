/*
  Tells what happened to an event of :tenant, in order, after a place: what was decided, and what its pending deliveries wait
  for now. With :endpoint only the deliveries to it. No row if the event does not exist.

  :after…              the place of the entry before: its moment in microseconds since 1970, rank, endpoint, replay, number
  "rank"               the order of kinds at one moment; 7 is what waits, which comes last
  "place"              the moment in the order. That of an attempt is between its delivery's routing and outcome, which the
                       database's clock tells, while attempts start by a dispatcher's

  Reads all deliveries and attempts of the event, and of each lane's and endpoint's audit rows at most :limit.
*/
/* @name listTimeline */
with event as (
  select e.id, e.tenant, e.type, e.entity, e.source, e.idempotency_key, e.accepted_by, e.accepted_at, e.destination, i.admitted_at,
    i.routes, i.filtered, i.filtered_endpoints
  from events e
    left join inbox i on i.event_id = :event!::uuid
  where e.id = :event! and e.tenant = :tenant!
),
after as (
  select timestamptz 'epoch' + :afterMoment!::float8 * interval '1 microsecond' as place
),
routed as materialized (
  select
    d.endpoint, d.replay, d.shard, d.lane, d.sequence, d.status, d.next_attempt_at, d.dead_reason, d.created_at, d.finished_at,
    d.replayed_attempts, d.caught_up, p.public_id, p.status as endpoint_status, p.deleted_at
  from event e
    join deliveries d on d.event_id = :event!
    join endpoints p on p.id = d.endpoint
  where :endpoint::uuid is null or p.public_id = :endpoint
),
told as (
  select
    'accepted' as kind, e.accepted_at as at, e.accepted_at as place, 0 as rank, 0 as endpoint, 0 as replay, 0::bigint as number,
    jsonb_build_object('source', e.source, 'by', e.accepted_by, 'idempotencyKey', e.idempotency_key) as detail
  from event e

  union all
  select 'admitted', e.admitted_at, e.admitted_at, 1, 0, 0, 0, jsonb_build_object('routes', e.routes, 'filtered', coalesce(e.filtered, 0))
  from event e
  where e.admitted_at is not null

  union all
  select
    'not_routed', e.admitted_at, e.admitted_at, 2, 0, 0, 0,
    jsonb_build_object(
      'reason', case when e.destination is not null then 'endpoint_deleted' when e.filtered > 0 then 'filtered' else 'no_endpoint' end
    )
  from event e
  where e.routes = 0

  union all
  select 'filtered', e.admitted_at, e.admitted_at, 2, p.id, 0, 0, '{}'
  from event e
    cross join lateral unnest(e.filtered_endpoints) as f (endpoint)
    join endpoints p on p.id = f.endpoint
  where :endpoint::uuid is null or p.public_id = :endpoint

  union all
  select
    'routed', r.created_at, r.created_at, 2, r.endpoint, r.replay, 0,
    jsonb_build_object(
      'sequence', r.sequence, 'lane', case when r.lane is not null then e.entity end, 'replay', r.replay,
      'reason', case when r.replay > 0 then 'replay' when r.caught_up then 'catch_up' when e.destination is null then 'event_type' else 'destination' end
    )
  from routed r
    cross join event e

  union all
  select
    'duplicate', d.first_at, greatest(d.first_at, e.accepted_at), 3, 0, 0, d.id,
    jsonb_build_object(
      'by', d.key, 'count', d.requests, 'lastAt', to_char(d.last_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
    )
  from event e
    join event_duplicates d on d.event_id = :event!

  union all
  -- Of operators, and of Lockstep itself, while the event had a pending delivery there.
  select
    'action', a.at, a.at, 3, r.endpoint, 0, a.id,
    jsonb_build_object(
      'action', a.action, 'subject', a.subject, 'by', audited_actor(a.actor_type, a.actor, a.actor_name), 'detail', a.detail
    )
  from (
      select
        endpoint, 'ep_' || replace(public_id::text, '-', '') as subject,
        case when bool_or(status = 'pending') then 'infinity' else max(finished_at) end as settled_at
      from routed
      group by endpoint, public_id
    ) r
    cross join event e
    cross join after
    cross join lateral unnest(array[r.subject, r.subject || '/' || e.entity]) as s (subject)
    cross join lateral (
      select *
      from audit_log
      where
        coalesce(tenant, '') = :tenant and subject = s.subject and at >= greatest(e.accepted_at, after.place)
        and at <= r.settled_at
      order by at, id
      limit :limit!::bigint
    ) a
  where :afterRank!::integer < 7

  union all
  -- Of this event, and of those whose filter covers it, if one of its deliveries was replayed or discarded.
  select
    'replay', r.created_at, r.created_at, 4, 0, 0, coalesce(a.id, 0),
    jsonb_build_object(
      'action', case when r.requeue is null then r.action::text else 'requeue' end, 'request', q.request, 'matched', r.matched,
      'by', audited_actor(a.actor_type, coalesce(a.actor, r.actor), a.actor_name)
    )
  from event e
    cross join lateral (
      select * from replays where event_id = e.id
      union all
      select *
      from replays c
      where
        c.event_id is null and c.tenant = :tenant and c.created_at >= e.accepted_at
        and (c.entity is null or c.entity = e.entity) and (c.type is null or c.type = e.type)
        and (c.accepted_from is null or c.accepted_from <= e.accepted_at) and (c.accepted_to is null or c.accepted_to > e.accepted_at)
        and exists (
          select
          from routed d
          where
            (c.endpoint is null or c.endpoint = d.endpoint)
            and case c.action when 'replay' then d.replayed_attempts > 0 or (c.delivered and d.replay > 0) else d.status = 'discarded' end
        )
    ) r
    cross join lateral (select 'rpl_' || replace(r.id::text, '-', '') as request) q
    -- A requeue is recorded as one of the event.
    left join audit_log a
      on coalesce(a.tenant, '') = :tenant and a.at = r.created_at
      and a.subject = case when r.requeue is null then q.request else 'evt_' || replace(r.event_id::text, '-', '') end
      and (r.requeue is null or a.detail ->> 'replay' = q.request)

  union all
  select
    'attempt', a.started_at, least(greatest(a.started_at, r.created_at), coalesce(r.finished_at, 'infinity')), 5, r.endpoint, r.replay,
    a.number,
    jsonb_build_object(
      'number', a.number, 'durationMs', a.duration_ms, 'statusCode', a.status_code, 'error', a.error, 'epoch', a.epoch
    )
  from routed r
    join attempts a on a.event_id = :event and a.endpoint = r.endpoint and a.replay = r.replay

  union all
  select
    r.status::text, r.finished_at, r.finished_at, 6, r.endpoint, r.replay, 0,
    case when r.status = 'dead' then jsonb_build_object('reason', r.dead_reason) else '{}' end
  from routed r
  where r.status <> 'pending'

  union all
  select 'waiting', now(), e.accepted_at, 7, 0, 0, 0, jsonb_build_object('reason', 'admission', 'behind', null, 'until', null)
  from event e
  where e.admitted_at is null

  union all
  select 'waiting', now(), e.accepted_at, 7, r.endpoint, r.replay, 0, null
  from routed r
    cross join event e
  where r.status = 'pending'
),
page as (
  select t.*
  from told t
    cross join after
  where (t.rank = 7, t.place, t.rank, t.endpoint, t.replay, t.number)
    > (:afterRank = 7, after.place, :afterRank, :afterEndpoint!::integer, :afterReplay!::integer, :afterNumber!::bigint)
  order by t.rank = 7, t.place, t.rank, t.endpoint, t.replay, t.number
  limit :limit
)
select
  t.kind as "kind!", t.at as "at!", (extract(epoch from t.place) * 1000000)::bigint as "moment!", t.rank as "rank!",
  t.endpoint as "endpoint!", t.replay as "replay!", t.number as "number!", p.public_id as "endpointId?",
  coalesce(t.detail, w.detail) as "detail!"
from page t
  left join endpoints p on p.id = t.endpoint
  left join lateral (
    select
      jsonb_build_object(
        'reason', c.reason,
        'behind', case c.reason when 'lane_halted' then l.halted_sequence when 'lane' then h.sequence end,
        'until', to_char(
          case when c.reason = 'retry' then r.next_attempt_at when c.reason = 'breaker' and k.state = 'open' then k.probe_at end,
          'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'
        )
      ) as detail
    from routed r
      left join lanes l on l.id = r.lane
      left join lateral (
        select d.sequence
        from deliveries d
        where d.status = 'pending' and d.shard = r.shard and d.lane = r.lane
        order by d.sequence
        limit 1
      ) h on true
      left join endpoint_breakers k on k.endpoint = r.endpoint and k.state <> 'closed'
      cross join lateral (
        select
          case
            when r.deleted_at is not null then 'endpoint_deleted'
            when r.endpoint_status = 'disabled' then 'endpoint_disabled'
            when r.endpoint_status = 'paused' then 'endpoint_paused'
            when l.halted_sequence is not null then 'lane_halted'
            when l.paused then 'lane_paused'
            when h.sequence < r.sequence then 'lane'
            when r.next_attempt_at > now() then 'retry'
            when k.endpoint is not null then 'breaker'
            when exists (select from rate_limited_endpoints where endpoint = r.endpoint) then 'rate_limit'
            else 'sending'
          end as reason
      ) c
    where t.kind = 'waiting' and r.endpoint = t.endpoint and r.replay = t.replay
  ) w on true
order by t.rank = 7, t.place, t.rank, t.endpoint, t.replay, t.number;
