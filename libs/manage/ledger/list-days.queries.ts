/** Types generated for queries found in "libs/manage/ledger/list-days.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'ListDays' parameters type */
export type IListDaysParams = void;

/** 'ListDays' return type */
export interface IListDaysResult {
  attempts: string | null;
  deliveries: string | null;
  events: string | null;
  from: string;
  inbox: string | null;
  to: string;
}

/** 'ListDays' query type */
export interface IListDaysQuery {
  params: IListDaysParams;
  result: IListDaysResult;
}

const listDaysIR: any = {"usedParamSet":{},"params":[],"statement":"with partitions as (\n  select\n    i.inhparent as parent, i.inhrelid::regclass::text as name,\n    coalesce(\n      substring(pg_get_expr(c.relpartbound, c.oid) from 'FROM \\(''([0-9a-f-]+)''\\)'), '00000000-0000-0000-0000-000000000000'\n    )::uuid as lowest,\n    coalesce(\n      substring(pg_get_expr(c.relpartbound, c.oid) from 'TO \\(''([0-9a-f-]+)''\\)'), 'ffffffff-ffff-ffff-ffff-ffffffffffff'\n    )::uuid as above\n  from pg_inherits i\n    join pg_class c on c.oid = i.inhrelid\n)\nselect\n  p.lowest as \"from!\", p.above as \"to!\",\n  max(p.name) filter (where p.parent = 'events'::regclass) as events,\n  max(p.name) filter (where p.parent = 'inbox'::regclass) as inbox,\n  max(p.name) filter (where p.parent = 'deliveries'::regclass) as deliveries,\n  max(p.name) filter (where p.parent = 'attempts'::regclass) as attempts\nfrom partitions p\n  cross join retiring r\nwhere\n  p.parent in ('events'::regclass, 'inbox'::regclass, 'deliveries'::regclass, 'attempts'::regclass)\n  and (p.lowest >= r.end_id or p.lowest < r.first_id)\ngroup by p.lowest, p.above\norder by p.lowest"};

/**
 * Query generated from SQL:
 * ```
 * with partitions as (
 *   select
 *     i.inhparent as parent, i.inhrelid::regclass::text as name,
 *     coalesce(
 *       substring(pg_get_expr(c.relpartbound, c.oid) from 'FROM \(''([0-9a-f-]+)''\)'), '00000000-0000-0000-0000-000000000000'
 *     )::uuid as lowest,
 *     coalesce(
 *       substring(pg_get_expr(c.relpartbound, c.oid) from 'TO \(''([0-9a-f-]+)''\)'), 'ffffffff-ffff-ffff-ffff-ffffffffffff'
 *     )::uuid as above
 *   from pg_inherits i
 *     join pg_class c on c.oid = i.inhrelid
 * )
 * select
 *   p.lowest as "from!", p.above as "to!",
 *   max(p.name) filter (where p.parent = 'events'::regclass) as events,
 *   max(p.name) filter (where p.parent = 'inbox'::regclass) as inbox,
 *   max(p.name) filter (where p.parent = 'deliveries'::regclass) as deliveries,
 *   max(p.name) filter (where p.parent = 'attempts'::regclass) as attempts
 * from partitions p
 *   cross join retiring r
 * where
 *   p.parent in ('events'::regclass, 'inbox'::regclass, 'deliveries'::regclass, 'attempts'::regclass)
 *   and (p.lowest >= r.end_id or p.lowest < r.first_id)
 * group by p.lowest, p.above
 * order by p.lowest
 * ```
 */
export const listDays = new PreparedQuery<IListDaysParams,IListDaysResult>(listDaysIR);


