/** Types generated for queries found in "libs/manage/ledger/find-stuck.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'FindStuck' parameters type */
export interface IFindStuckParams {
  examples: number;
  olderThanMs: number;
}

/** 'FindStuck' return type */
export interface IFindStuckResult {
  endpoint: number;
  eventId: string;
  kind: string;
  replay: number;
  tenant: string;
  total: number;
}

/** 'FindStuck' query type */
export interface IFindStuckQuery {
  params: IFindStuckParams;
  result: IFindStuckResult;
}

const findStuckIR: any = {"usedParamSet":{"olderThanMs":true,"examples":true},"params":[{"name":"olderThanMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":34,"b":46}]},{"name":"examples","required":true,"transform":{"type":"scalar"},"locs":[{"a":1744,"b":1753}]}],"statement":"with bounds as (\n  select now() - :olderThanMs!::float8 * interval '1 millisecond' as since\n),\npending as materialized (\n  select\n    d.event_id, d.endpoint, d.replay, d.tenant, d.lane, d.created_at, d.next_attempt_at,\n    d.replayed_attempts > 0 and d.replayed_attempts = d.attempts as replaying\n  from kept_deliveries d\n  where d.status = 'pending'\n),\nretrying as (\n  select distinct lane\n  from bounds b\n    join pending p on p.next_attempt_at >= b.since\n  where p.lane is not null\n),\ncandidates as materialized (\n  select d.*\n  from bounds b\n    cross join pending d\n    join endpoints p on p.id = d.endpoint\n    left join lanes l on l.id = d.lane\n  where\n    p.status = 'active' and l.paused is not true and l.halted_sequence is null\n    and greatest(d.created_at, d.next_attempt_at) < b.since\n    and not exists (select from retrying r where r.lane = d.lane)\n    and not (\n      d.replaying and exists (\n        select from replay_shards s where s.tenant = d.tenant and coalesce(s.finished_at, now()) >= b.since\n      )\n    )\n),\nmoving as materialized (\n  select distinct d.lane\n  from kept_deliveries d\n  where\n    d.finished_at >= (select since from bounds) and d.lane is not null\n    -- Nothing to be looked for, no scan.\n    and exists (select from candidates)\n),\noffending as (\n  select c.*\n  from candidates c\n  where not exists (select from moving m where m.lane = c.lane)\n),\ncounted as (\n  select\n    *,\n    count(*) over (partition by tenant) as total,\n    row_number() over (partition by tenant order by event_id, endpoint, replay) as place\n  from offending\n)\nselect\n  'stuck' as \"kind!\", tenant as \"tenant!\", total as \"total!\", event_id as \"eventId!\", endpoint as \"endpoint!\",\n  replay as \"replay!\"\nfrom counted\nwhere place <= :examples!::integer\norder by tenant, place"};

/**
 * Query generated from SQL:
 * ```
 * with bounds as (
 *   select now() - :olderThanMs!::float8 * interval '1 millisecond' as since
 * ),
 * pending as materialized (
 *   select
 *     d.event_id, d.endpoint, d.replay, d.tenant, d.lane, d.created_at, d.next_attempt_at,
 *     d.replayed_attempts > 0 and d.replayed_attempts = d.attempts as replaying
 *   from kept_deliveries d
 *   where d.status = 'pending'
 * ),
 * retrying as (
 *   select distinct lane
 *   from bounds b
 *     join pending p on p.next_attempt_at >= b.since
 *   where p.lane is not null
 * ),
 * candidates as materialized (
 *   select d.*
 *   from bounds b
 *     cross join pending d
 *     join endpoints p on p.id = d.endpoint
 *     left join lanes l on l.id = d.lane
 *   where
 *     p.status = 'active' and l.paused is not true and l.halted_sequence is null
 *     and greatest(d.created_at, d.next_attempt_at) < b.since
 *     and not exists (select from retrying r where r.lane = d.lane)
 *     and not (
 *       d.replaying and exists (
 *         select from replay_shards s where s.tenant = d.tenant and coalesce(s.finished_at, now()) >= b.since
 *       )
 *     )
 * ),
 * moving as materialized (
 *   select distinct d.lane
 *   from kept_deliveries d
 *   where
 *     d.finished_at >= (select since from bounds) and d.lane is not null
 *     -- Nothing to be looked for, no scan.
 *     and exists (select from candidates)
 * ),
 * offending as (
 *   select c.*
 *   from candidates c
 *   where not exists (select from moving m where m.lane = c.lane)
 * ),
 * counted as (
 *   select
 *     *,
 *     count(*) over (partition by tenant) as total,
 *     row_number() over (partition by tenant order by event_id, endpoint, replay) as place
 *   from offending
 * )
 * select
 *   'stuck' as "kind!", tenant as "tenant!", total as "total!", event_id as "eventId!", endpoint as "endpoint!",
 *   replay as "replay!"
 * from counted
 * where place <= :examples!::integer
 * order by tenant, place
 * ```
 */
export const findStuck = new PreparedQuery<IFindStuckParams,IFindStuckResult>(findStuckIR);


