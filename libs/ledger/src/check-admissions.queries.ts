/** Types generated for queries found in "libs/ledger/src/check-admissions.sql" */
import { PreparedQuery } from '@pgtyped/runtime';

/** 'CheckAdmissions' parameters type */
export interface ICheckAdmissionsParams {
  boundSeconds: number;
  examples: number;
}

/** 'CheckAdmissions' return type */
export interface ICheckAdmissionsResult {
  eventId: string;
  kind: string;
  total: number;
}

/** 'CheckAdmissions' query type */
export interface ICheckAdmissionsQuery {
  params: ICheckAdmissionsParams;
  result: ICheckAdmissionsResult;
}

const checkAdmissionsIR: any = {"usedParamSet":{"boundSeconds":true,"examples":true},"params":[{"name":"boundSeconds","required":true,"transform":{"type":"scalar"},"locs":[{"a":455,"b":468},{"a":1136,"b":1149},{"a":1213,"b":1226}]},{"name":"examples","required":true,"transform":{"type":"scalar"},"locs":[{"a":1520,"b":1529}]}],"statement":"with apart as materialized (\n  select e.id, i.event_id\n  from kept_events e\n    full join kept_inbox i on i.event_id = e.id\n  where e.id is null or i.event_id is null\n),\nunadmitted as materialized (\n  select e.id, e.shard, e.accepted_at, c.caught_up_at\n  from apart a\n    join events e on e.id = a.id\n    join shard_cursors c on c.shard = e.shard\n    left join outbox o on o.event_id = e.id\n  where o.event_id is null and e.accepted_at < c.caught_up_at - :boundSeconds!::float8 * interval '1 second'\n),\nreached as (\n  -- Up to where each of these shards has come: its latest event that was admitted.\n  select s.shard, e.accepted_at\n  from (select distinct shard from unadmitted) s\n    cross join lateral (\n      select e.accepted_at\n      from events e\n        join inbox i on i.event_id = e.id\n      where e.shard = s.shard\n      order by e.accept_seq desc\n      limit 1\n    ) e\n),\noffending as (\n  select 'inbox_without_event' as kind, event_id\n  from apart\n  where id is null\n  union all\n  select 'event_not_admitted', u.id\n  from unadmitted u\n    left join reached r on r.shard = u.shard\n  where\n    u.accepted_at < r.accepted_at - :boundSeconds!::float8 * interval '1 second'\n    or u.caught_up_at < now() - :boundSeconds!::float8 * interval '1 second'\n),\ncounted as (\n  select\n    *,\n    count(*) over (partition by kind) as total,\n    row_number() over (partition by kind order by event_id) as place\n  from offending\n)\nselect kind as \"kind!\", total as \"total!\", event_id as \"eventId!\"\nfrom counted\nwhere place <= :examples!::integer\norder by kind, place"};

/**
 * Query generated from SQL:
 * ```
 * with apart as materialized (
 *   select e.id, i.event_id
 *   from kept_events e
 *     full join kept_inbox i on i.event_id = e.id
 *   where e.id is null or i.event_id is null
 * ),
 * unadmitted as materialized (
 *   select e.id, e.shard, e.accepted_at, c.caught_up_at
 *   from apart a
 *     join events e on e.id = a.id
 *     join shard_cursors c on c.shard = e.shard
 *     left join outbox o on o.event_id = e.id
 *   where o.event_id is null and e.accepted_at < c.caught_up_at - :boundSeconds!::float8 * interval '1 second'
 * ),
 * reached as (
 *   -- Up to where each of these shards has come: its latest event that was admitted.
 *   select s.shard, e.accepted_at
 *   from (select distinct shard from unadmitted) s
 *     cross join lateral (
 *       select e.accepted_at
 *       from events e
 *         join inbox i on i.event_id = e.id
 *       where e.shard = s.shard
 *       order by e.accept_seq desc
 *       limit 1
 *     ) e
 * ),
 * offending as (
 *   select 'inbox_without_event' as kind, event_id
 *   from apart
 *   where id is null
 *   union all
 *   select 'event_not_admitted', u.id
 *   from unadmitted u
 *     left join reached r on r.shard = u.shard
 *   where
 *     u.accepted_at < r.accepted_at - :boundSeconds!::float8 * interval '1 second'
 *     or u.caught_up_at < now() - :boundSeconds!::float8 * interval '1 second'
 * ),
 * counted as (
 *   select
 *     *,
 *     count(*) over (partition by kind) as total,
 *     row_number() over (partition by kind order by event_id) as place
 *   from offending
 * )
 * select kind as "kind!", total as "total!", event_id as "eventId!"
 * from counted
 * where place <= :examples!::integer
 * order by kind, place
 * ```
 */
export const checkAdmissions = new PreparedQuery<ICheckAdmissionsParams,ICheckAdmissionsResult>(checkAdmissionsIR);


