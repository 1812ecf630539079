/** Types generated for queries found in "libs/upkeep/partitions-end.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'PartitionsEnd' parameters type */
export type IPartitionsEndParams = void;

/** 'PartitionsEnd' return type */
export interface IPartitionsEndResult {
  end: Date;
}

/** 'PartitionsEnd' query type */
export interface IPartitionsEndQuery {
  params: IPartitionsEndParams;
  result: IPartitionsEndResult;
}

const partitionsEndIR: any = {"usedParamSet":{},"params":[],"statement":"select min(d.day) at time zone 'utc' as \"end!\"\nfrom generate_series(date_trunc('day', now() at time zone 'utc'), (now() at time zone 'utc') + interval '10 days', interval '1 day')\n  as d (day)\nwhere exists (\n  select from unnest(array['events', 'inbox', 'deliveries', 'attempts']) as t (name)\n  where not exists (\n    select from pg_inherits i\n    where i.inhparent = t.name::regclass and not i.inhdetachpending\n      and i.inhrelid = to_regclass(t.name || '_' || to_char(d.day, 'YYYYMMDD'))\n  )\n)"};

/**
 * Query generated from SQL:
 * ```
 * select min(d.day) at time zone 'utc' as "end!"
 * from generate_series(date_trunc('day', now() at time zone 'utc'), (now() at time zone 'utc') + interval '10 days', interval '1 day')
 *   as d (day)
 * where exists (
 *   select from unnest(array['events', 'inbox', 'deliveries', 'attempts']) as t (name)
 *   where not exists (
 *     select from pg_inherits i
 *     where i.inhparent = t.name::regclass and not i.inhdetachpending
 *       and i.inhrelid = to_regclass(t.name || '_' || to_char(d.day, 'YYYYMMDD'))
 *   )
 * )
 * ```
 */
export const partitionsEnd = new PreparedQuery<IPartitionsEndParams,IPartitionsEndResult>(partitionsEndIR);


