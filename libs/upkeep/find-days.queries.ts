/** Types generated for queries found in "libs/upkeep/find-days.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'FindDays' parameters type */
export interface IFindDaysParams {
  retentionMs: number;
}

/** 'FindDays' return type */
export interface IFindDaysResult {
  day: string;
  endId: string;
  firstId: string;
  frozen: boolean;
  overdue: boolean;
}

/** 'FindDays' query type */
export interface IFindDaysQuery {
  params: IFindDaysParams;
  result: IFindDaysResult;
}

const findDaysIR: any = {"usedParamSet":{"retentionMs":true},"params":[{"name":"retentionMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":374,"b":386}]}],"statement":"select\n  to_char(d.day, 'YYYYMMDD') as \"day!\",\n  uuid_floor(d.day::timestamp at time zone 'utc') as \"firstId!\",\n  uuid_floor((d.day + 1)::timestamp at time zone 'utc') as \"endId!\",\n  d.frozen as \"frozen!\",\n  d.overdue as \"overdue!\"\nfrom (\n  select\n    p.day,\n    bool_or(p.frozen) as frozen,\n    (p.day + 1)::timestamp at time zone 'utc'\n      < now() - interval '1 hour' - :retentionMs!::float8 * interval '1 millisecond' as overdue\n  from (\n    select\n      to_date(right(c.relname, 8), 'YYYYMMDD') as day,\n      exists (\n        select from pg_trigger t where t.tgrelid = c.oid and t.tgname = 'refuse_change' and t.tgenabled <> 'D'\n      ) as frozen\n    from pg_inherits i\n      join pg_class c on c.oid = i.inhrelid\n    where\n      i.inhparent in ('events'::regclass, 'inbox'::regclass, 'deliveries'::regclass, 'attempts'::regclass)\n      and c.relname ~ '_\\d{8}$'\n  ) p\n  group by p.day\n) d\nwhere (d.overdue or d.frozen) and not exists (select from retired_days r where r.day = d.day)\norder by d.day"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   to_char(d.day, 'YYYYMMDD') as "day!",
 *   uuid_floor(d.day::timestamp at time zone 'utc') as "firstId!",
 *   uuid_floor((d.day + 1)::timestamp at time zone 'utc') as "endId!",
 *   d.frozen as "frozen!",
 *   d.overdue as "overdue!"
 * from (
 *   select
 *     p.day,
 *     bool_or(p.frozen) as frozen,
 *     (p.day + 1)::timestamp at time zone 'utc'
 *       < now() - interval '1 hour' - :retentionMs!::float8 * interval '1 millisecond' as overdue
 *   from (
 *     select
 *       to_date(right(c.relname, 8), 'YYYYMMDD') as day,
 *       exists (
 *         select from pg_trigger t where t.tgrelid = c.oid and t.tgname = 'refuse_change' and t.tgenabled <> 'D'
 *       ) as frozen
 *     from pg_inherits i
 *       join pg_class c on c.oid = i.inhrelid
 *     where
 *       i.inhparent in ('events'::regclass, 'inbox'::regclass, 'deliveries'::regclass, 'attempts'::regclass)
 *       and c.relname ~ '_\d{8}$'
 *   ) p
 *   group by p.day
 * ) d
 * where (d.overdue or d.frozen) and not exists (select from retired_days r where r.day = d.day)
 * order by d.day
 * ```
 */
export const findDays = new PreparedQuery<IFindDaysParams,IFindDaysResult>(findDaysIR);


