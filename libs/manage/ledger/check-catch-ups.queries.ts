/** Types generated for queries found in "libs/manage/ledger/check-catch-ups.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'CheckCatchUps' parameters type */
export interface ICheckCatchUpsParams {
  examples: number;
}

/** 'CheckCatchUps' return type */
export interface ICheckCatchUpsResult {
  endpoint: number;
  eventId: string;
  kind: string;
  replay: number;
  tenant: string;
  total: number;
}

/** 'CheckCatchUps' query type */
export interface ICheckCatchUpsQuery {
  params: ICheckCatchUpsParams;
  result: ICheckCatchUpsResult;
}

const checkCatchUpsIR: any = {"usedParamSet":{"examples":true},"params":[{"name":"examples","required":true,"transform":{"type":"scalar"},"locs":[{"a":2307,"b":2316}]}],"statement":"with caught_up as (\n  select\n    c.endpoint, c.tenant, 'ep_' || replace(p.public_id::text, '-', '') as id, c.from_at,\n    catch_up_floor(c.first_at) as first_id, p.event_types, p.filter_path as filter, p.filter_passes as passes\n  from catch_ups c\n    join endpoints p on p.id = c.endpoint\n  where c.finished_at is not null and c.rerouted_at is null and p.deleted_at is null\n),\ntypes as materialized (\n  select e.tenant, e.type, event_type_patterns(e.type) as patterns\n  from kept_events e\n  where e.tenant in (select tenant from caught_up)\n  group by e.tenant, e.type\n),\nsubscribed as (\n  select c.*, t.type\n  from caught_up c\n    join types t on t.tenant = c.tenant and c.event_types && t.patterns\n),\nunrouted as (\n  select e.id as event_id, s.endpoint, e.tenant, s.filter is not null as is_filtered\n  from subscribed s\n    join kept_events e on e.tenant = s.tenant and e.type = s.type\n    join kept_inbox i on i.event_id = e.id\n    left join kept_deliveries d on d.event_id = e.id and d.endpoint = s.endpoint and d.replay = 0\n  where e.id >= s.first_id and e.accepted_at >= s.from_at and e.destination is null and d.event_id is null\n    -- No endpoint gets operational events about itself.\n    and not (starts_with(e.type, 'lockstep.') and e.entity = s.id)\n    -- The admission has noted that the event does not match, perhaps without naming the endpoint among so many.\n    and s.endpoint <> all(coalesce(i.filtered_endpoints, '{}')) and coalesce(i.filtered, 0) <= 100\n),\noffending as (\n  select event_id, endpoint, tenant from unrouted where not is_filtered\n  union all\n  select u.event_id, u.endpoint, u.tenant\n  from (select * from unrouted where is_filtered order by event_id desc limit 100000) u\n    join caught_up c on c.endpoint = u.endpoint\n    cross join lateral (select payload from kept_events where kept_events.id = u.event_id offset 0) e\n  where endpoints_refusing(e.payload, array[c.endpoint], array[c.filter], 16384 / c.passes) = '{}'\n),\ncounted as (\n  select\n    *,\n    count(*) over (partition by tenant) as total,\n    row_number() over (partition by tenant order by event_id, endpoint) as place\n  from offending\n)\nselect\n  'catch_up_missed' as \"kind!\", tenant as \"tenant!\", total as \"total!\", event_id as \"eventId!\", endpoint as \"endpoint!\",\n  0 as \"replay!\"\nfrom counted\nwhere place <= :examples!::integer\norder by tenant, place"};

/**
 * Query generated from SQL:
 * ```
 * with caught_up as (
 *   select
 *     c.endpoint, c.tenant, 'ep_' || replace(p.public_id::text, '-', '') as id, c.from_at,
 *     catch_up_floor(c.first_at) as first_id, p.event_types, p.filter_path as filter, p.filter_passes as passes
 *   from catch_ups c
 *     join endpoints p on p.id = c.endpoint
 *   where c.finished_at is not null and c.rerouted_at is null and p.deleted_at is null
 * ),
 * types as materialized (
 *   select e.tenant, e.type, event_type_patterns(e.type) as patterns
 *   from kept_events e
 *   where e.tenant in (select tenant from caught_up)
 *   group by e.tenant, e.type
 * ),
 * subscribed as (
 *   select c.*, t.type
 *   from caught_up c
 *     join types t on t.tenant = c.tenant and c.event_types && t.patterns
 * ),
 * unrouted as (
 *   select e.id as event_id, s.endpoint, e.tenant, s.filter is not null as is_filtered
 *   from subscribed s
 *     join kept_events e on e.tenant = s.tenant and e.type = s.type
 *     join kept_inbox i on i.event_id = e.id
 *     left join kept_deliveries d on d.event_id = e.id and d.endpoint = s.endpoint and d.replay = 0
 *   where e.id >= s.first_id and e.accepted_at >= s.from_at and e.destination is null and d.event_id is null
 *     -- No endpoint gets operational events about itself.
 *     and not (starts_with(e.type, 'lockstep.') and e.entity = s.id)
 *     -- The admission has noted that the event does not match, perhaps without naming the endpoint among so many.
 *     and s.endpoint <> all(coalesce(i.filtered_endpoints, '{}')) and coalesce(i.filtered, 0) <= 100
 * ),
 * offending as (
 *   select event_id, endpoint, tenant from unrouted where not is_filtered
 *   union all
 *   select u.event_id, u.endpoint, u.tenant
 *   from (select * from unrouted where is_filtered order by event_id desc limit 100000) u
 *     join caught_up c on c.endpoint = u.endpoint
 *     cross join lateral (select payload from kept_events where kept_events.id = u.event_id offset 0) e
 *   where endpoints_refusing(e.payload, array[c.endpoint], array[c.filter], 16384 / c.passes) = '{}'
 * ),
 * counted as (
 *   select
 *     *,
 *     count(*) over (partition by tenant) as total,
 *     row_number() over (partition by tenant order by event_id, endpoint) as place
 *   from offending
 * )
 * select
 *   'catch_up_missed' as "kind!", tenant as "tenant!", total as "total!", event_id as "eventId!", endpoint as "endpoint!",
 *   0 as "replay!"
 * from counted
 * where place <= :examples!::integer
 * order by tenant, place
 * ```
 */
export const checkCatchUps = new PreparedQuery<ICheckCatchUpsParams,ICheckCatchUpsResult>(checkCatchUpsIR);


