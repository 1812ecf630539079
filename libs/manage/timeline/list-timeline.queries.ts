/** Types generated for queries found in "libs/manage/timeline/list-timeline.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type NumberOrString = number | string;

/** 'ListTimeline' parameters type */
export interface IListTimelineParams {
  afterEndpoint: number;
  afterMoment: number;
  afterNumber: NumberOrString;
  afterRank: number;
  afterReplay: number;
  endpoint?: string | null | void;
  event: string;
  limit: NumberOrString;
  tenant: string;
}

/** 'ListTimeline' return type */
export interface IListTimelineResult {
  at: Date;
  detail: Json;
  endpoint: number;
  endpointId: string | null;
  kind: string;
  moment: number;
  number: number;
  rank: number;
  replay: number;
}

/** 'ListTimeline' query type */
export interface IListTimelineQuery {
  params: IListTimelineParams;
  result: IListTimelineResult;
}

const listTimelineIR: any = {"usedParamSet":{"event":true,"tenant":true,"afterMoment":true,"endpoint":true,"limit":true,"afterRank":true,"afterEndpoint":true,"afterReplay":true,"afterNumber":true},"params":[{"name":"event","required":true,"transform":{"type":"scalar"},"locs":[{"a":249,"b":255},{"a":278,"b":284},{"a":724,"b":730},{"a":2596,"b":2602},{"a":5608,"b":5613}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":301,"b":308},{"a":3419,"b":3425},{"a":4257,"b":4263},{"a":5017,"b":5023}]},{"name":"afterMoment","required":true,"transform":{"type":"scalar"},"locs":[{"a":355,"b":367}]},{"name":"endpoint","required":false,"transform":{"type":"scalar"},"locs":[{"a":782,"b":790},{"a":823,"b":831},{"a":1811,"b":1819},{"a":1852,"b":1860}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":3563,"b":3569},{"a":6580,"b":6585}]},{"name":"afterRank","required":true,"transform":{"type":"scalar"},"locs":[{"a":3595,"b":3605},{"a":6387,"b":6396},{"a":6416,"b":6425}]},{"name":"afterEndpoint","required":true,"transform":{"type":"scalar"},"locs":[{"a":6428,"b":6442}]},{"name":"afterReplay","required":true,"transform":{"type":"scalar"},"locs":[{"a":6454,"b":6466}]},{"name":"afterNumber","required":true,"transform":{"type":"scalar"},"locs":[{"a":6478,"b":6490}]}],"statement":"with event as (\n  select e.id, e.tenant, e.type, e.entity, e.source, e.idempotency_key, e.accepted_by, e.accepted_at, e.destination, i.admitted_at,\n    i.routes, i.filtered, i.filtered_endpoints\n  from events e\n    left join inbox i on i.event_id = :event!::uuid\n  where e.id = :event! and e.tenant = :tenant!\n),\nafter as (\n  select timestamptz 'epoch' + :afterMoment!::float8 * interval '1 microsecond' as place\n),\nrouted as materialized (\n  select\n    d.endpoint, d.replay, d.shard, d.lane, d.sequence, d.status, d.next_attempt_at, d.dead_reason, d.created_at, d.finished_at,\n    d.replayed_attempts, d.caught_up, p.public_id, p.status as endpoint_status, p.deleted_at\n  from event e\n    join deliveries d on d.event_id = :event!\n    join endpoints p on p.id = d.endpoint\n  where :endpoint::uuid is null or p.public_id = :endpoint\n),\ntold as (\n  select\n    'accepted' as kind, e.accepted_at as at, e.accepted_at as place, 0 as rank, 0 as endpoint, 0 as replay, 0::bigint as number,\n    jsonb_build_object('source', e.source, 'by', e.accepted_by, 'idempotencyKey', e.idempotency_key) as detail\n  from event e\n\n  union all\n  select 'admitted', e.admitted_at, e.admitted_at, 1, 0, 0, 0, jsonb_build_object('routes', e.routes, 'filtered', coalesce(e.filtered, 0))\n  from event e\n  where e.admitted_at is not null\n\n  union all\n  select\n    'not_routed', e.admitted_at, e.admitted_at, 2, 0, 0, 0,\n    jsonb_build_object(\n      'reason', case when e.destination is not null then 'endpoint_deleted' when e.filtered > 0 then 'filtered' else 'no_endpoint' end\n    )\n  from event e\n  where e.routes = 0\n\n  union all\n  select 'filtered', e.admitted_at, e.admitted_at, 2, p.id, 0, 0, '{}'\n  from event e\n    cross join lateral unnest(e.filtered_endpoints) as f (endpoint)\n    join endpoints p on p.id = f.endpoint\n  where :endpoint::uuid is null or p.public_id = :endpoint\n\n  union all\n  select\n    'routed', r.created_at, r.created_at, 2, r.endpoint, r.replay, 0,\n    jsonb_build_object(\n      'sequence', r.sequence, 'lane', case when r.lane is not null then e.entity end, 'replay', r.replay,\n      'reason', case when r.replay > 0 then 'replay' when r.caught_up then 'catch_up' when e.destination is null then 'event_type' else 'destination' end\n    )\n  from routed r\n    cross join event e\n\n  union all\n  select\n    'duplicate', d.first_at, greatest(d.first_at, e.accepted_at), 3, 0, 0, d.id,\n    jsonb_build_object(\n      'by', d.key, 'count', d.requests, 'lastAt', to_char(d.last_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')\n    )\n  from event e\n    join event_duplicates d on d.event_id = :event!\n\n  union all\n  -- Of operators, and of Lockstep itself, while the event had a pending delivery there.\n  select\n    'action', a.at, a.at, 3, r.endpoint, 0, a.id,\n    jsonb_build_object(\n      'action', a.action, 'subject', a.subject, 'by', audited_actor(a.actor_type, a.actor, a.actor_name), 'detail', a.detail\n    )\n  from (\n      select\n        endpoint, 'ep_' || replace(public_id::text, '-', '') as subject,\n        case when bool_or(status = 'pending') then 'infinity' else max(finished_at) end as settled_at\n      from routed\n      group by endpoint, public_id\n    ) r\n    cross join event e\n    cross join after\n    cross join lateral unnest(array[r.subject, r.subject || '/' || e.entity]) as s (subject)\n    cross join lateral (\n      select *\n      from audit_log\n      where\n        coalesce(tenant, '') = :tenant and subject = s.subject and at >= greatest(e.accepted_at, after.place)\n        and at <= r.settled_at\n      order by at, id\n      limit :limit!::bigint\n    ) a\n  where :afterRank!::integer < 7\n\n  union all\n  -- Of this event, and of those whose filter covers it, if one of its deliveries was replayed or discarded.\n  select\n    'replay', r.created_at, r.created_at, 4, 0, 0, coalesce(a.id, 0),\n    jsonb_build_object(\n      'action', case when r.requeue is null then r.action::text else 'requeue' end, 'request', q.request, 'matched', r.matched,\n      'by', audited_actor(a.actor_type, coalesce(a.actor, r.actor), a.actor_name)\n    )\n  from event e\n    cross join lateral (\n      select * from replays where event_id = e.id\n      union all\n      select *\n      from replays c\n      where\n        c.event_id is null and c.tenant = :tenant and c.created_at >= e.accepted_at\n        and (c.entity is null or c.entity = e.entity) and (c.type is null or c.type = e.type)\n        and (c.accepted_from is null or c.accepted_from <= e.accepted_at) and (c.accepted_to is null or c.accepted_to > e.accepted_at)\n        and exists (\n          select\n          from routed d\n          where\n            (c.endpoint is null or c.endpoint = d.endpoint)\n            and case c.action when 'replay' then d.replayed_attempts > 0 or (c.delivered and d.replay > 0) else d.status = 'discarded' end\n        )\n    ) r\n    cross join lateral (select 'rpl_' || replace(r.id::text, '-', '') as request) q\n    -- A requeue is recorded as one of the event.\n    left join audit_log a\n      on coalesce(a.tenant, '') = :tenant and a.at = r.created_at\n      and a.subject = case when r.requeue is null then q.request else 'evt_' || replace(r.event_id::text, '-', '') end\n      and (r.requeue is null or a.detail ->> 'replay' = q.request)\n\n  union all\n  select\n    'attempt', a.started_at, least(greatest(a.started_at, r.created_at), coalesce(r.finished_at, 'infinity')), 5, r.endpoint, r.replay,\n    a.number,\n    jsonb_build_object(\n      'number', a.number, 'durationMs', a.duration_ms, 'statusCode', a.status_code, 'error', a.error, 'epoch', a.epoch\n    )\n  from routed r\n    join attempts a on a.event_id = :event and a.endpoint = r.endpoint and a.replay = r.replay\n\n  union all\n  select\n    r.status::text, r.finished_at, r.finished_at, 6, r.endpoint, r.replay, 0,\n    case when r.status = 'dead' then jsonb_build_object('reason', r.dead_reason) else '{}' end\n  from routed r\n  where r.status <> 'pending'\n\n  union all\n  select 'waiting', now(), e.accepted_at, 7, 0, 0, 0, jsonb_build_object('reason', 'admission', 'behind', null, 'until', null)\n  from event e\n  where e.admitted_at is null\n\n  union all\n  select 'waiting', now(), e.accepted_at, 7, r.endpoint, r.replay, 0, null\n  from routed r\n    cross join event e\n  where r.status = 'pending'\n),\npage as (\n  select t.*\n  from told t\n    cross join after\n  where (t.rank = 7, t.place, t.rank, t.endpoint, t.replay, t.number)\n    > (:afterRank = 7, after.place, :afterRank, :afterEndpoint!::integer, :afterReplay!::integer, :afterNumber!::bigint)\n  order by t.rank = 7, t.place, t.rank, t.endpoint, t.replay, t.number\n  limit :limit\n)\nselect\n  t.kind as \"kind!\", t.at as \"at!\", (extract(epoch from t.place) * 1000000)::bigint as \"moment!\", t.rank as \"rank!\",\n  t.endpoint as \"endpoint!\", t.replay as \"replay!\", t.number as \"number!\", p.public_id as \"endpointId?\",\n  coalesce(t.detail, w.detail) as \"detail!\"\nfrom page t\n  left join endpoints p on p.id = t.endpoint\n  left join lateral (\n    select\n      jsonb_build_object(\n        'reason', c.reason,\n        'behind', case c.reason when 'lane_halted' then l.halted_sequence when 'lane' then h.sequence end,\n        'until', to_char(\n          case when c.reason = 'retry' then r.next_attempt_at when c.reason = 'breaker' and k.state = 'open' then k.probe_at end,\n          'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'\n        )\n      ) as detail\n    from routed r\n      left join lanes l on l.id = r.lane\n      left join lateral (\n        select d.sequence\n        from deliveries d\n        where d.status = 'pending' and d.shard = r.shard and d.lane = r.lane\n        order by d.sequence\n        limit 1\n      ) h on true\n      left join endpoint_breakers k on k.endpoint = r.endpoint and k.state <> 'closed'\n      cross join lateral (\n        select\n          case\n            when r.deleted_at is not null then 'endpoint_deleted'\n            when r.endpoint_status = 'disabled' then 'endpoint_disabled'\n            when r.endpoint_status = 'paused' then 'endpoint_paused'\n            when l.halted_sequence is not null then 'lane_halted'\n            when l.paused then 'lane_paused'\n            when h.sequence < r.sequence then 'lane'\n            when r.next_attempt_at > now() then 'retry'\n            when k.endpoint is not null then 'breaker'\n            when exists (select from rate_limited_endpoints where endpoint = r.endpoint) then 'rate_limit'\n            else 'sending'\n          end as reason\n      ) c\n    where t.kind = 'waiting' and r.endpoint = t.endpoint and r.replay = t.replay\n  ) w on true\norder by t.rank = 7, t.place, t.rank, t.endpoint, t.replay, t.number"};

/**
 * Query generated from SQL:
 * ```
 * with event as (
 *   select e.id, e.tenant, e.type, e.entity, e.source, e.idempotency_key, e.accepted_by, e.accepted_at, e.destination, i.admitted_at,
 *     i.routes, i.filtered, i.filtered_endpoints
 *   from events e
 *     left join inbox i on i.event_id = :event!::uuid
 *   where e.id = :event! and e.tenant = :tenant!
 * ),
 * after as (
 *   select timestamptz 'epoch' + :afterMoment!::float8 * interval '1 microsecond' as place
 * ),
 * routed as materialized (
 *   select
 *     d.endpoint, d.replay, d.shard, d.lane, d.sequence, d.status, d.next_attempt_at, d.dead_reason, d.created_at, d.finished_at,
 *     d.replayed_attempts, d.caught_up, p.public_id, p.status as endpoint_status, p.deleted_at
 *   from event e
 *     join deliveries d on d.event_id = :event!
 *     join endpoints p on p.id = d.endpoint
 *   where :endpoint::uuid is null or p.public_id = :endpoint
 * ),
 * told as (
 *   select
 *     'accepted' as kind, e.accepted_at as at, e.accepted_at as place, 0 as rank, 0 as endpoint, 0 as replay, 0::bigint as number,
 *     jsonb_build_object('source', e.source, 'by', e.accepted_by, 'idempotencyKey', e.idempotency_key) as detail
 *   from event e
 * 
 *   union all
 *   select 'admitted', e.admitted_at, e.admitted_at, 1, 0, 0, 0, jsonb_build_object('routes', e.routes, 'filtered', coalesce(e.filtered, 0))
 *   from event e
 *   where e.admitted_at is not null
 * 
 *   union all
 *   select
 *     'not_routed', e.admitted_at, e.admitted_at, 2, 0, 0, 0,
 *     jsonb_build_object(
 *       'reason', case when e.destination is not null then 'endpoint_deleted' when e.filtered > 0 then 'filtered' else 'no_endpoint' end
 *     )
 *   from event e
 *   where e.routes = 0
 * 
 *   union all
 *   select 'filtered', e.admitted_at, e.admitted_at, 2, p.id, 0, 0, '{}'
 *   from event e
 *     cross join lateral unnest(e.filtered_endpoints) as f (endpoint)
 *     join endpoints p on p.id = f.endpoint
 *   where :endpoint::uuid is null or p.public_id = :endpoint
 * 
 *   union all
 *   select
 *     'routed', r.created_at, r.created_at, 2, r.endpoint, r.replay, 0,
 *     jsonb_build_object(
 *       'sequence', r.sequence, 'lane', case when r.lane is not null then e.entity end, 'replay', r.replay,
 *       'reason', case when r.replay > 0 then 'replay' when r.caught_up then 'catch_up' when e.destination is null then 'event_type' else 'destination' end
 *     )
 *   from routed r
 *     cross join event e
 * 
 *   union all
 *   select
 *     'duplicate', d.first_at, greatest(d.first_at, e.accepted_at), 3, 0, 0, d.id,
 *     jsonb_build_object(
 *       'by', d.key, 'count', d.requests, 'lastAt', to_char(d.last_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
 *     )
 *   from event e
 *     join event_duplicates d on d.event_id = :event!
 * 
 *   union all
 *   -- Of operators, and of Lockstep itself, while the event had a pending delivery there.
 *   select
 *     'action', a.at, a.at, 3, r.endpoint, 0, a.id,
 *     jsonb_build_object(
 *       'action', a.action, 'subject', a.subject, 'by', audited_actor(a.actor_type, a.actor, a.actor_name), 'detail', a.detail
 *     )
 *   from (
 *       select
 *         endpoint, 'ep_' || replace(public_id::text, '-', '') as subject,
 *         case when bool_or(status = 'pending') then 'infinity' else max(finished_at) end as settled_at
 *       from routed
 *       group by endpoint, public_id
 *     ) r
 *     cross join event e
 *     cross join after
 *     cross join lateral unnest(array[r.subject, r.subject || '/' || e.entity]) as s (subject)
 *     cross join lateral (
 *       select *
 *       from audit_log
 *       where
 *         coalesce(tenant, '') = :tenant and subject = s.subject and at >= greatest(e.accepted_at, after.place)
 *         and at <= r.settled_at
 *       order by at, id
 *       limit :limit!::bigint
 *     ) a
 *   where :afterRank!::integer < 7
 * 
 *   union all
 *   -- Of this event, and of those whose filter covers it, if one of its deliveries was replayed or discarded.
 *   select
 *     'replay', r.created_at, r.created_at, 4, 0, 0, coalesce(a.id, 0),
 *     jsonb_build_object(
 *       'action', case when r.requeue is null then r.action::text else 'requeue' end, 'request', q.request, 'matched', r.matched,
 *       'by', audited_actor(a.actor_type, coalesce(a.actor, r.actor), a.actor_name)
 *     )
 *   from event e
 *     cross join lateral (
 *       select * from replays where event_id = e.id
 *       union all
 *       select *
 *       from replays c
 *       where
 *         c.event_id is null and c.tenant = :tenant and c.created_at >= e.accepted_at
 *         and (c.entity is null or c.entity = e.entity) and (c.type is null or c.type = e.type)
 *         and (c.accepted_from is null or c.accepted_from <= e.accepted_at) and (c.accepted_to is null or c.accepted_to > e.accepted_at)
 *         and exists (
 *           select
 *           from routed d
 *           where
 *             (c.endpoint is null or c.endpoint = d.endpoint)
 *             and case c.action when 'replay' then d.replayed_attempts > 0 or (c.delivered and d.replay > 0) else d.status = 'discarded' end
 *         )
 *     ) r
 *     cross join lateral (select 'rpl_' || replace(r.id::text, '-', '') as request) q
 *     -- A requeue is recorded as one of the event.
 *     left join audit_log a
 *       on coalesce(a.tenant, '') = :tenant and a.at = r.created_at
 *       and a.subject = case when r.requeue is null then q.request else 'evt_' || replace(r.event_id::text, '-', '') end
 *       and (r.requeue is null or a.detail ->> 'replay' = q.request)
 * 
 *   union all
 *   select
 *     'attempt', a.started_at, least(greatest(a.started_at, r.created_at), coalesce(r.finished_at, 'infinity')), 5, r.endpoint, r.replay,
 *     a.number,
 *     jsonb_build_object(
 *       'number', a.number, 'durationMs', a.duration_ms, 'statusCode', a.status_code, 'error', a.error, 'epoch', a.epoch
 *     )
 *   from routed r
 *     join attempts a on a.event_id = :event and a.endpoint = r.endpoint and a.replay = r.replay
 * 
 *   union all
 *   select
 *     r.status::text, r.finished_at, r.finished_at, 6, r.endpoint, r.replay, 0,
 *     case when r.status = 'dead' then jsonb_build_object('reason', r.dead_reason) else '{}' end
 *   from routed r
 *   where r.status <> 'pending'
 * 
 *   union all
 *   select 'waiting', now(), e.accepted_at, 7, 0, 0, 0, jsonb_build_object('reason', 'admission', 'behind', null, 'until', null)
 *   from event e
 *   where e.admitted_at is null
 * 
 *   union all
 *   select 'waiting', now(), e.accepted_at, 7, r.endpoint, r.replay, 0, null
 *   from routed r
 *     cross join event e
 *   where r.status = 'pending'
 * ),
 * page as (
 *   select t.*
 *   from told t
 *     cross join after
 *   where (t.rank = 7, t.place, t.rank, t.endpoint, t.replay, t.number)
 *     > (:afterRank = 7, after.place, :afterRank, :afterEndpoint!::integer, :afterReplay!::integer, :afterNumber!::bigint)
 *   order by t.rank = 7, t.place, t.rank, t.endpoint, t.replay, t.number
 *   limit :limit
 * )
 * select
 *   t.kind as "kind!", t.at as "at!", (extract(epoch from t.place) * 1000000)::bigint as "moment!", t.rank as "rank!",
 *   t.endpoint as "endpoint!", t.replay as "replay!", t.number as "number!", p.public_id as "endpointId?",
 *   coalesce(t.detail, w.detail) as "detail!"
 * from page t
 *   left join endpoints p on p.id = t.endpoint
 *   left join lateral (
 *     select
 *       jsonb_build_object(
 *         'reason', c.reason,
 *         'behind', case c.reason when 'lane_halted' then l.halted_sequence when 'lane' then h.sequence end,
 *         'until', to_char(
 *           case when c.reason = 'retry' then r.next_attempt_at when c.reason = 'breaker' and k.state = 'open' then k.probe_at end,
 *           'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'
 *         )
 *       ) as detail
 *     from routed r
 *       left join lanes l on l.id = r.lane
 *       left join lateral (
 *         select d.sequence
 *         from deliveries d
 *         where d.status = 'pending' and d.shard = r.shard and d.lane = r.lane
 *         order by d.sequence
 *         limit 1
 *       ) h on true
 *       left join endpoint_breakers k on k.endpoint = r.endpoint and k.state <> 'closed'
 *       cross join lateral (
 *         select
 *           case
 *             when r.deleted_at is not null then 'endpoint_deleted'
 *             when r.endpoint_status = 'disabled' then 'endpoint_disabled'
 *             when r.endpoint_status = 'paused' then 'endpoint_paused'
 *             when l.halted_sequence is not null then 'lane_halted'
 *             when l.paused then 'lane_paused'
 *             when h.sequence < r.sequence then 'lane'
 *             when r.next_attempt_at > now() then 'retry'
 *             when k.endpoint is not null then 'breaker'
 *             when exists (select from rate_limited_endpoints where endpoint = r.endpoint) then 'rate_limit'
 *             else 'sending'
 *           end as reason
 *       ) c
 *     where t.kind = 'waiting' and r.endpoint = t.endpoint and r.replay = t.replay
 *   ) w on true
 * order by t.rank = 7, t.place, t.rank, t.endpoint, t.replay, t.number
 * ```
 */
export const listTimeline = new PreparedQuery<IListTimelineParams,IListTimelineResult>(listTimelineIR);


