/** Types generated for queries found in "libs/flow/breakers/change-breakers.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type breaker_state = 'closed' | 'half-open' | 'open';

export type breaker_stateArray = (breaker_state)[];

export type numberArray = (number)[];

/** 'ChangeBreakers' parameters type */
export interface IChangeBreakersParams {
  endpoints: numberArray;
  openings: numberArray;
  prober: string;
  states: breaker_stateArray;
  versions: numberArray;
  waitsMs: numberArray;
}

/** 'ChangeBreakers' return type */
export interface IChangeBreakersResult {
  ended: number;
  endpointId: string;
  failed: number;
  formerState: breaker_state;
  state: breaker_state;
}

/** 'ChangeBreakers' query type */
export interface IChangeBreakersQuery {
  params: IChangeBreakersParams;
  result: IChangeBreakersResult;
}

const changeBreakersIR: any = {"usedParamSet":{"endpoints":true,"versions":true,"states":true,"openings":true,"waitsMs":true,"prober":true},"params":[{"name":"endpoints","required":true,"transform":{"type":"scalar"},"locs":[{"a":58,"b":68}]},{"name":"versions","required":true,"transform":{"type":"scalar"},"locs":[{"a":82,"b":91}]},{"name":"states","required":true,"transform":{"type":"scalar"},"locs":[{"a":105,"b":112}]},{"name":"openings","required":true,"transform":{"type":"scalar"},"locs":[{"a":132,"b":141}]},{"name":"waitsMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":155,"b":163}]},{"name":"prober","required":true,"transform":{"type":"scalar"},"locs":[{"a":864,"b":871},{"a":1324,"b":1330}]}],"statement":"with asked as materialized (\n  select *\n  from\n    unnest(:endpoints!::integer[], :versions!::integer[], :states!::breaker_state[], :openings!::integer[], :waitsMs!::float8[])\n      as a (endpoint, version, state, openings, wait_ms)\n),\nfound as (\n  select\n    b.endpoint, a.state, a.openings, b.state as former_state, b.since as former_since, p.tenant, p.public_id,\n    now() + case a.state when 'open' then a.wait_ms when 'half-open' then 2 * p.timeout_ms + 5000 end * interval '1 millisecond' as probe_at\n  from asked a\n    join endpoint_breakers b on b.endpoint = a.endpoint and b.version = a.version\n    -- What was in flight when an endpoint was deleted does not open its breaker.\n    join endpoints p on p.id = b.endpoint and p.deleted_at is null\n  where\n    a.state <> 'half-open' or b.probe_at <= now()\n    or (\n      b.state = 'half-open' and b.prober <> :prober!::uuid\n      and not exists (select from shard_leases l where l.owner = b.prober and l.expires_at > now())\n    )\n  order by b.endpoint\n  for no key update of b\n),\nchanged as (\n  update endpoint_breakers b\n  set\n    version = b.version + 1,\n    state = f.state,\n    since = case when 'closed' in (f.state, f.former_state) then now() else b.since end,\n    openings = f.openings,\n    probe_at = f.probe_at,\n    prober = case f.state when 'half-open' then :prober end,\n    claimed_at = case f.state when 'half-open' then now() end,\n    ended = case f.state when 'closed' then 0 else b.ended end,\n    failed = case f.state when 'closed' then 0 else b.failed end,\n    previous_ended = case f.state when 'closed' then 0 else b.previous_ended end,\n    previous_failed = case f.state when 'closed' then 0 else b.previous_failed end,\n    retry_at = case f.state when 'closed' then null else b.retry_at end\n  from found f\n  where b.endpoint = f.endpoint\n  returning\n    b.endpoint, b.version, f.state, f.former_state, f.former_since, f.tenant, f.public_id,\n    counted_lately(b.bucket, b.ended, b.previous_ended) as ended, counted_lately(b.bucket, b.failed, b.previous_failed) as failed\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)\n  select c.tenant, 'system', 'system', 'Lockstep', e.action, 'ep_' || replace(c.public_id::text, '-', ''), e.detail\n  from changed c\n    cross join lateral (\n      select 'breaker.opened' as action, jsonb_build_object('ended', c.ended, 'failed', c.failed) as detail\n      where c.former_state = 'closed' and c.state = 'open'\n      union all\n      select a.action, jsonb_build_object('openedAt', to_char(c.former_since at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'))\n      from (values ('breaker.closed'), ('endpoint.recovered')) as a (action)\n      where c.state = 'closed'\n    ) e\n),\ntold as (\n  -- Not to the endpoint itself.\n  insert into operational_events (tenant, type, entity, data)\n  select c.tenant, e.type, i.id, jsonb_build_object('endpoint', i.id) || e.data\n  from changed c\n    cross join lateral (select 'ep_' || replace(c.public_id::text, '-', '') as id) i\n    cross join lateral (\n      select 1 as place, 'lockstep.breaker.opened' as type, jsonb_build_object('ended', c.ended, 'failed', c.failed) as data\n      where c.former_state = 'closed' and c.state = 'open'\n      union all\n      select\n        1, 'lockstep.breaker.closed',\n        jsonb_build_object('openedAt', to_char(c.former_since at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'))\n      where c.state = 'closed'\n      union all\n      select 2, 'lockstep.endpoint.recovered', jsonb_build_object('reason', 'answering')\n      where c.state = 'closed'\n    ) e\n  where exists (\n      select\n      from operational_subscriptions s\n      where s.tenant = c.tenant and s.endpoint <> c.endpoint and s.event_types && event_type_patterns(e.type)\n    )\n  order by c.endpoint, e.place\n)\nselect public_id as \"endpointId\", state as \"state!\", former_state as \"formerState\", ended as \"ended!\", failed as \"failed!\"\nfrom changed"};

/**
 * Query generated from SQL:
 * ```
 * with asked as materialized (
 *   select *
 *   from
 *     unnest(:endpoints!::integer[], :versions!::integer[], :states!::breaker_state[], :openings!::integer[], :waitsMs!::float8[])
 *       as a (endpoint, version, state, openings, wait_ms)
 * ),
 * found as (
 *   select
 *     b.endpoint, a.state, a.openings, b.state as former_state, b.since as former_since, p.tenant, p.public_id,
 *     now() + case a.state when 'open' then a.wait_ms when 'half-open' then 2 * p.timeout_ms + 5000 end * interval '1 millisecond' as probe_at
 *   from asked a
 *     join endpoint_breakers b on b.endpoint = a.endpoint and b.version = a.version
 *     -- What was in flight when an endpoint was deleted does not open its breaker.
 *     join endpoints p on p.id = b.endpoint and p.deleted_at is null
 *   where
 *     a.state <> 'half-open' or b.probe_at <= now()
 *     or (
 *       b.state = 'half-open' and b.prober <> :prober!::uuid
 *       and not exists (select from shard_leases l where l.owner = b.prober and l.expires_at > now())
 *     )
 *   order by b.endpoint
 *   for no key update of b
 * ),
 * changed as (
 *   update endpoint_breakers b
 *   set
 *     version = b.version + 1,
 *     state = f.state,
 *     since = case when 'closed' in (f.state, f.former_state) then now() else b.since end,
 *     openings = f.openings,
 *     probe_at = f.probe_at,
 *     prober = case f.state when 'half-open' then :prober end,
 *     claimed_at = case f.state when 'half-open' then now() end,
 *     ended = case f.state when 'closed' then 0 else b.ended end,
 *     failed = case f.state when 'closed' then 0 else b.failed end,
 *     previous_ended = case f.state when 'closed' then 0 else b.previous_ended end,
 *     previous_failed = case f.state when 'closed' then 0 else b.previous_failed end,
 *     retry_at = case f.state when 'closed' then null else b.retry_at end
 *   from found f
 *   where b.endpoint = f.endpoint
 *   returning
 *     b.endpoint, b.version, f.state, f.former_state, f.former_since, f.tenant, f.public_id,
 *     counted_lately(b.bucket, b.ended, b.previous_ended) as ended, counted_lately(b.bucket, b.failed, b.previous_failed) as failed
 * ),
 * audited as (
 *   insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)
 *   select c.tenant, 'system', 'system', 'Lockstep', e.action, 'ep_' || replace(c.public_id::text, '-', ''), e.detail
 *   from changed c
 *     cross join lateral (
 *       select 'breaker.opened' as action, jsonb_build_object('ended', c.ended, 'failed', c.failed) as detail
 *       where c.former_state = 'closed' and c.state = 'open'
 *       union all
 *       select a.action, jsonb_build_object('openedAt', to_char(c.former_since at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
 *       from (values ('breaker.closed'), ('endpoint.recovered')) as a (action)
 *       where c.state = 'closed'
 *     ) e
 * ),
 * told as (
 *   -- Not to the endpoint itself.
 *   insert into operational_events (tenant, type, entity, data)
 *   select c.tenant, e.type, i.id, jsonb_build_object('endpoint', i.id) || e.data
 *   from changed c
 *     cross join lateral (select 'ep_' || replace(c.public_id::text, '-', '') as id) i
 *     cross join lateral (
 *       select 1 as place, 'lockstep.breaker.opened' as type, jsonb_build_object('ended', c.ended, 'failed', c.failed) as data
 *       where c.former_state = 'closed' and c.state = 'open'
 *       union all
 *       select
 *         1, 'lockstep.breaker.closed',
 *         jsonb_build_object('openedAt', to_char(c.former_since at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
 *       where c.state = 'closed'
 *       union all
 *       select 2, 'lockstep.endpoint.recovered', jsonb_build_object('reason', 'answering')
 *       where c.state = 'closed'
 *     ) e
 *   where exists (
 *       select
 *       from operational_subscriptions s
 *       where s.tenant = c.tenant and s.endpoint <> c.endpoint and s.event_types && event_type_patterns(e.type)
 *     )
 *   order by c.endpoint, e.place
 * )
 * select public_id as "endpointId", state as "state!", former_state as "formerState", ended as "ended!", failed as "failed!"
 * from changed
 * ```
 */
export const changeBreakers = new PreparedQuery<IChangeBreakersParams,IChangeBreakersResult>(changeBreakersIR);


