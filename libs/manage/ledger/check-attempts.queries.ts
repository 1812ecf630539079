/** Types generated for queries found in "libs/manage/ledger/check-attempts.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'CheckAttempts' parameters type */
export interface ICheckAttemptsParams {
  examples: number;
  from: string;
  to: string;
}

/** 'CheckAttempts' return type */
export interface ICheckAttemptsResult {
  endpoint: number;
  eventId: string;
  kind: string;
  replay: number;
  tenant: string;
  total: number;
}

/** 'CheckAttempts' query type */
export interface ICheckAttemptsQuery {
  params: ICheckAttemptsParams;
  result: ICheckAttemptsResult;
}

const checkAttemptsIR: any = {"usedParamSet":{"from":true,"to":true,"examples":true},"params":[{"name":"from","required":true,"transform":{"type":"scalar"},"locs":[{"a":121,"b":126},{"a":536,"b":541}]},{"name":"to","required":true,"transform":{"type":"scalar"},"locs":[{"a":149,"b":152},{"a":564,"b":567}]},{"name":"examples","required":true,"transform":{"type":"scalar"},"locs":[{"a":2904,"b":2913}]}],"statement":"with asked as (\n  select event_id, endpoint, replay, tenant, status, attempts\n  from kept_deliveries\n  where event_id >= :from!::uuid and event_id < :to!::uuid\n),\nodd as materialized (\n  select\n    coalesce(d.event_id, a.event_id) as event_id, coalesce(d.endpoint, a.endpoint) as endpoint,\n    coalesce(d.replay, a.replay) as replay, coalesce(d.tenant, a.tenant) as tenant, d.status, a.number,\n    coalesce(a.status_code between 200 and 299, false) as success\n  from asked d\n    full join (select * from kept_attempts where event_id >= :from!::uuid and event_id < :to!::uuid) a\n      on a.event_id = d.event_id and a.endpoint = d.endpoint and a.replay = d.replay and a.number = d.attempts\n  where\n    d.event_id is null\n    or (a.event_id is null and (d.attempts <> 0 or d.status in ('delivered', 'dead')))\n    or (d.status = 'delivered' and coalesce(a.status_code not between 200 and 299, true))\n    or (d.status <> 'delivered' and a.status_code between 200 and 299)\n),\nearlier as (\n  select\n    event_id, endpoint, replay, min(tenant) as tenant, count(*) as attempts, min(number) as first, max(number) as last,\n    bool_or(success) as success\n  from odd\n  where status is null\n  group by event_id, endpoint, replay\n),\nretried as (\n  select\n    coalesce(d.event_id, e.event_id) as event_id, coalesce(d.endpoint, e.endpoint) as endpoint,\n    coalesce(d.replay, e.replay) as replay, coalesce(d.tenant, e.tenant) as tenant, d.status, e.success,\n    -- Also when the attempts belong to a delivery that has none, or is not there.\n    coalesce(e.first <> 1 or e.last <> d.attempts - 1 or e.attempts <> d.attempts - 1, true) as differ\n  from (select * from asked where attempts > 1) d\n    full join earlier e on e.event_id = d.event_id and e.endpoint = d.endpoint and e.replay = d.replay\n),\noffending as (\n  select 'attempts_differ' as kind, tenant, event_id, endpoint, replay\n  from odd\n  where status is not null and number is null\n  union\n  select 'attempts_differ', tenant, event_id, endpoint, replay\n  from retried\n  where differ\n  union\n  select 'delivered_without_success', tenant, event_id, endpoint, replay\n  from odd\n  where status = 'delivered' and not success\n  union\n  select case status when 'pending' then 'pending_with_success' else 'two_outcomes' end, tenant, event_id, endpoint, replay\n  from odd\n  where status <> 'delivered' and success\n  union\n  select case status when 'pending' then 'pending_with_success' else 'two_outcomes' end, tenant, event_id, endpoint, replay\n  from retried\n  where status is not null and success\n),\ncounted as (\n  select\n    *,\n    count(*) over (partition by kind, tenant) as total,\n    row_number() over (partition by kind, tenant order by event_id, endpoint, replay) as place\n  from offending\n)\nselect\n  kind as \"kind!\", tenant as \"tenant!\", total as \"total!\", event_id as \"eventId!\", endpoint as \"endpoint!\",\n  replay as \"replay!\"\nfrom counted\nwhere place <= :examples!::integer\norder by kind, tenant, place"};

/**
 * Query generated from SQL:
 * ```
 * with asked as (
 *   select event_id, endpoint, replay, tenant, status, attempts
 *   from kept_deliveries
 *   where event_id >= :from!::uuid and event_id < :to!::uuid
 * ),
 * odd as materialized (
 *   select
 *     coalesce(d.event_id, a.event_id) as event_id, coalesce(d.endpoint, a.endpoint) as endpoint,
 *     coalesce(d.replay, a.replay) as replay, coalesce(d.tenant, a.tenant) as tenant, d.status, a.number,
 *     coalesce(a.status_code between 200 and 299, false) as success
 *   from asked d
 *     full join (select * from kept_attempts where event_id >= :from!::uuid and event_id < :to!::uuid) a
 *       on a.event_id = d.event_id and a.endpoint = d.endpoint and a.replay = d.replay and a.number = d.attempts
 *   where
 *     d.event_id is null
 *     or (a.event_id is null and (d.attempts <> 0 or d.status in ('delivered', 'dead')))
 *     or (d.status = 'delivered' and coalesce(a.status_code not between 200 and 299, true))
 *     or (d.status <> 'delivered' and a.status_code between 200 and 299)
 * ),
 * earlier as (
 *   select
 *     event_id, endpoint, replay, min(tenant) as tenant, count(*) as attempts, min(number) as first, max(number) as last,
 *     bool_or(success) as success
 *   from odd
 *   where status is null
 *   group by event_id, endpoint, replay
 * ),
 * retried as (
 *   select
 *     coalesce(d.event_id, e.event_id) as event_id, coalesce(d.endpoint, e.endpoint) as endpoint,
 *     coalesce(d.replay, e.replay) as replay, coalesce(d.tenant, e.tenant) as tenant, d.status, e.success,
 *     -- Also when the attempts belong to a delivery that has none, or is not there.
 *     coalesce(e.first <> 1 or e.last <> d.attempts - 1 or e.attempts <> d.attempts - 1, true) as differ
 *   from (select * from asked where attempts > 1) d
 *     full join earlier e on e.event_id = d.event_id and e.endpoint = d.endpoint and e.replay = d.replay
 * ),
 * offending as (
 *   select 'attempts_differ' as kind, tenant, event_id, endpoint, replay
 *   from odd
 *   where status is not null and number is null
 *   union
 *   select 'attempts_differ', tenant, event_id, endpoint, replay
 *   from retried
 *   where differ
 *   union
 *   select 'delivered_without_success', tenant, event_id, endpoint, replay
 *   from odd
 *   where status = 'delivered' and not success
 *   union
 *   select case status when 'pending' then 'pending_with_success' else 'two_outcomes' end, tenant, event_id, endpoint, replay
 *   from odd
 *   where status <> 'delivered' and success
 *   union
 *   select case status when 'pending' then 'pending_with_success' else 'two_outcomes' end, tenant, event_id, endpoint, replay
 *   from retried
 *   where status is not null and success
 * ),
 * counted as (
 *   select
 *     *,
 *     count(*) over (partition by kind, tenant) as total,
 *     row_number() over (partition by kind, tenant order by event_id, endpoint, replay) as place
 *   from offending
 * )
 * select
 *   kind as "kind!", tenant as "tenant!", total as "total!", event_id as "eventId!", endpoint as "endpoint!",
 *   replay as "replay!"
 * from counted
 * where place <= :examples!::integer
 * order by kind, tenant, place
 * ```
 */
export const checkAttempts = new PreparedQuery<ICheckAttemptsParams,ICheckAttemptsResult>(checkAttemptsIR);


