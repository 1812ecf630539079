/** Types generated for queries found in "libs/manage/ledger/check-admissions.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type numberArray = (number)[];

/** 'CheckAdmissions' parameters type */
export interface ICheckAdmissionsParams {
  boundSeconds: number;
  examples: number;
  exhausted: numberArray;
  from: string;
  to: string;
}

/** 'CheckAdmissions' return type */
export interface ICheckAdmissionsResult {
  eventId: string;
  kind: string;
  tenant: string;
  total: number;
}

/** 'CheckAdmissions' query type */
export interface ICheckAdmissionsQuery {
  params: ICheckAdmissionsParams;
  result: ICheckAdmissionsResult;
}

const checkAdmissionsIR: any = {"usedParamSet":{"from":true,"to":true,"boundSeconds":true,"exhausted":true,"examples":true},"params":[{"name":"from","required":true,"transform":{"type":"scalar"},"locs":[{"a":112,"b":117},{"a":221,"b":226}]},{"name":"to","required":true,"transform":{"type":"scalar"},"locs":[{"a":134,"b":137},{"a":249,"b":252}]},{"name":"boundSeconds","required":true,"transform":{"type":"scalar"},"locs":[{"a":826,"b":839}]},{"name":"exhausted","required":true,"transform":{"type":"scalar"},"locs":[{"a":1971,"b":1981}]},{"name":"examples","required":true,"transform":{"type":"scalar"},"locs":[{"a":2382,"b":2391}]}],"statement":"with apart as materialized (\n  select e.id, i.event_id, i.tenant\n  from (select id from kept_events where id >= :from!::uuid and id < :to!::uuid) e\n    full join (select event_id, tenant from kept_inbox where event_id >= :from!::uuid and event_id < :to!::uuid) i\n      on i.event_id = e.id\n  where e.id is null or i.event_id is null\n),\nunadmitted as materialized (\n  select a.id, e.tenant, e.shard, e.accepted_at\n  from apart a\n    -- \"offset 0\" forces a look-up by key for each id, and prevents a scan of all events.\n    cross join lateral (select tenant, shard, accepted_at from events where events.id = a.id offset 0) e\n),\ndeparted as materialized (\n  select u.*\n  from unadmitted u\n  where not exists (select from outbox o where o.event_id = u.id)\n),\nbounds as (\n  select now() - b.bound as recent, b.bound\n  from (select :boundSeconds!::float8 * interval '1 second' as bound) b\n),\nreached as materialized (\n  -- Up to where each of the shards has come in which something is old enough: its latest event that was admitted.\n  select s.shard, e.accepted_at\n  from (select distinct g.shard from bounds b join departed g on g.accepted_at < b.recent) s\n    cross join lateral (\n      select e.accepted_at\n      from events e\n      where e.shard = s.shard and exists (select from inbox i where i.event_id = e.id offset 0)\n      order by e.accept_seq desc\n      limit 1\n    ) e\n),\nsilent as (\n  select c.shard, c.caught_up_at - b.bound as accepted_before\n  from bounds b\n    cross join shard_cursors c\n    join shard_leases l on l.shard = c.shard\n  where c.caught_up_at < b.recent and l.owner is not null and l.expires_at > now() and l.renewals >= 100\n),\noffending as (\n  select 'inbox_without_event' as kind, tenant, event_id\n  from apart\n  where id is null\n  union all\n  select 'event_not_admitted', g.tenant, g.id\n  from bounds b\n    cross join departed g\n    left join reached r on r.shard = g.shard\n    left join silent s on s.shard = g.shard\n  where\n    g.shard = any(:exhausted!::integer[])\n    or g.accepted_at < r.accepted_at - b.bound\n    or g.accepted_at < s.accepted_before\n),\ncounted as (\n  select\n    *,\n    count(*) over (partition by kind, tenant) as total,\n    row_number() over (partition by kind, tenant order by event_id) as place\n  from offending\n)\nselect kind as \"kind!\", tenant as \"tenant!\", total as \"total!\", event_id as \"eventId!\"\nfrom counted\nwhere place <= :examples!::integer\nunion all\nselect 'not_admitted', tenant, count(*), (array_agg(id))[1]\nfrom unadmitted\ngroup by tenant\norder by 1, 2, 4"};

/**
 * Query generated from SQL:
 * ```
 * with apart as materialized (
 *   select e.id, i.event_id, i.tenant
 *   from (select id from kept_events where id >= :from!::uuid and id < :to!::uuid) e
 *     full join (select event_id, tenant from kept_inbox where event_id >= :from!::uuid and event_id < :to!::uuid) i
 *       on i.event_id = e.id
 *   where e.id is null or i.event_id is null
 * ),
 * unadmitted as materialized (
 *   select a.id, e.tenant, e.shard, e.accepted_at
 *   from apart a
 *     -- "offset 0" forces a look-up by key for each id, and prevents a scan of all events.
 *     cross join lateral (select tenant, shard, accepted_at from events where events.id = a.id offset 0) e
 * ),
 * departed as materialized (
 *   select u.*
 *   from unadmitted u
 *   where not exists (select from outbox o where o.event_id = u.id)
 * ),
 * bounds as (
 *   select now() - b.bound as recent, b.bound
 *   from (select :boundSeconds!::float8 * interval '1 second' as bound) b
 * ),
 * reached as materialized (
 *   -- Up to where each of the shards has come in which something is old enough: its latest event that was admitted.
 *   select s.shard, e.accepted_at
 *   from (select distinct g.shard from bounds b join departed g on g.accepted_at < b.recent) s
 *     cross join lateral (
 *       select e.accepted_at
 *       from events e
 *       where e.shard = s.shard and exists (select from inbox i where i.event_id = e.id offset 0)
 *       order by e.accept_seq desc
 *       limit 1
 *     ) e
 * ),
 * silent as (
 *   select c.shard, c.caught_up_at - b.bound as accepted_before
 *   from bounds b
 *     cross join shard_cursors c
 *     join shard_leases l on l.shard = c.shard
 *   where c.caught_up_at < b.recent and l.owner is not null and l.expires_at > now() and l.renewals >= 100
 * ),
 * offending as (
 *   select 'inbox_without_event' as kind, tenant, event_id
 *   from apart
 *   where id is null
 *   union all
 *   select 'event_not_admitted', g.tenant, g.id
 *   from bounds b
 *     cross join departed g
 *     left join reached r on r.shard = g.shard
 *     left join silent s on s.shard = g.shard
 *   where
 *     g.shard = any(:exhausted!::integer[])
 *     or g.accepted_at < r.accepted_at - b.bound
 *     or g.accepted_at < s.accepted_before
 * ),
 * counted as (
 *   select
 *     *,
 *     count(*) over (partition by kind, tenant) as total,
 *     row_number() over (partition by kind, tenant order by event_id) as place
 *   from offending
 * )
 * select kind as "kind!", tenant as "tenant!", total as "total!", event_id as "eventId!"
 * from counted
 * where place <= :examples!::integer
 * union all
 * select 'not_admitted', tenant, count(*), (array_agg(id))[1]
 * from unadmitted
 * group by tenant
 * order by 1, 2, 4
 * ```
 */
export const checkAdmissions = new PreparedQuery<ICheckAdmissionsParams,ICheckAdmissionsResult>(checkAdmissionsIR);


