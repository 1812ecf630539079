/** Types generated for queries found in "libs/flow/admission/read-sweep.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

export type stringArray = (string)[];

/** 'ReadSweep' parameters type */
export interface IReadSweepParams {
  boundMs: number;
  limit: NumberOrString;
  shard: number;
}

/** 'ReadSweep' return type */
export interface IReadSweepResult {
  missing: stringArray;
  more: boolean;
  sweptSeq: number | null;
}

/** 'ReadSweep' query type */
export interface IReadSweepQuery {
  params: IReadSweepParams;
  result: IReadSweepResult;
}

const readSweepIR: any = {"usedParamSet":{"boundMs":true,"shard":true,"limit":true},"params":[{"name":"boundMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":191,"b":199}]},{"name":"shard","required":true,"transform":{"type":"scalar"},"locs":[{"a":291,"b":297},{"a":524,"b":530},{"a":728,"b":734}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":606,"b":612},{"a":1343,"b":1349}]}],"statement":"with bounds as (\n  select\n    c.swept_seq,\n    least(\n      now(),\n      (select min(xact_start) from pg_stat_activity where datname = current_database() and backend_xid is not null)\n    ) - :boundMs!::float8 * interval '1 millisecond' as settled_at\n  from shard_cursors c\n  where c.shard = :shard!\n),\nunswept as materialized (\n  select e.id, e.accept_seq, e.accepted_at < b.settled_at as settled\n  from bounds b\n    cross join lateral (\n      select id, accept_seq, accepted_at\n      from events\n      where events.shard = :shard! and events.accept_seq > b.swept_seq\n      order by accept_seq\n      limit :limit!\n    ) e\n),\nunadmitted as materialized (\n  select u.id, u.accept_seq, exists (select from outbox o where o.shard = :shard! and o.accept_seq = u.accept_seq) as queued\n  from unswept u\n  where u.settled and not exists (select from inbox i where i.event_id = u.id offset 0)\n),\nreached as (\n  -- Before the first that is not settled, or is on its way.\n  select max(u.accept_seq) as seq, count(*) as events\n  from unswept u\n  where u.accept_seq < coalesce(\n    (\n      select min(accept_seq)\n      from (\n        select accept_seq from unswept where not settled\n        union all\n        select accept_seq from unadmitted where queued\n      ) as barriers\n    ),\n    9223372036854775807\n  )\n)\nselect\n  r.seq as \"sweptSeq\",\n  r.events = :limit! as \"more!\",\n  array(select id from unadmitted where accept_seq <= r.seq order by accept_seq) as \"missing!\"\nfrom reached r"};

/**
 * Query generated from SQL:
 * ```
 * with bounds as (
 *   select
 *     c.swept_seq,
 *     least(
 *       now(),
 *       (select min(xact_start) from pg_stat_activity where datname = current_database() and backend_xid is not null)
 *     ) - :boundMs!::float8 * interval '1 millisecond' as settled_at
 *   from shard_cursors c
 *   where c.shard = :shard!
 * ),
 * unswept as materialized (
 *   select e.id, e.accept_seq, e.accepted_at < b.settled_at as settled
 *   from bounds b
 *     cross join lateral (
 *       select id, accept_seq, accepted_at
 *       from events
 *       where events.shard = :shard! and events.accept_seq > b.swept_seq
 *       order by accept_seq
 *       limit :limit!
 *     ) e
 * ),
 * unadmitted as materialized (
 *   select u.id, u.accept_seq, exists (select from outbox o where o.shard = :shard! and o.accept_seq = u.accept_seq) as queued
 *   from unswept u
 *   where u.settled and not exists (select from inbox i where i.event_id = u.id offset 0)
 * ),
 * reached as (
 *   -- Before the first that is not settled, or is on its way.
 *   select max(u.accept_seq) as seq, count(*) as events
 *   from unswept u
 *   where u.accept_seq < coalesce(
 *     (
 *       select min(accept_seq)
 *       from (
 *         select accept_seq from unswept where not settled
 *         union all
 *         select accept_seq from unadmitted where queued
 *       ) as barriers
 *     ),
 *     9223372036854775807
 *   )
 * )
 * select
 *   r.seq as "sweptSeq",
 *   r.events = :limit! as "more!",
 *   array(select id from unadmitted where accept_seq <= r.seq order by accept_seq) as "missing!"
 * from reached r
 * ```
 */
export const readSweep = new PreparedQuery<IReadSweepParams,IReadSweepResult>(readSweepIR);


