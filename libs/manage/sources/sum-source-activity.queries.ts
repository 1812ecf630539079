/** Types generated for queries found in "libs/manage/sources/sum-source-activity.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type DateOrString = Date | string;

/** 'SumSourceActivity' parameters type */
export interface ISumSourceActivityParams {
  from: DateOrString;
  source: number;
  stepSeconds: number;
  to: DateOrString;
}

/** 'SumSourceActivity' return type */
export interface ISumSourceActivityResult {
  at: Date | null;
  lastAt: Date;
  lastDetail: string;
  outcome: string;
  requests: number;
}

/** 'SumSourceActivity' query type */
export interface ISumSourceActivityQuery {
  params: ISumSourceActivityParams;
  result: ISumSourceActivityResult;
}

const sumSourceActivityIR: any = {"usedParamSet":{"stepSeconds":true,"source":true,"from":true,"to":true},"params":[{"name":"stepSeconds","required":true,"transform":{"type":"scalar"},"locs":[{"a":197,"b":209}]},{"name":"source","required":true,"transform":{"type":"scalar"},"locs":[{"a":319,"b":326}]},{"name":"from","required":true,"transform":{"type":"scalar"},"locs":[{"a":342,"b":347}]},{"name":"to","required":true,"transform":{"type":"scalar"},"locs":[{"a":375,"b":378}]}],"statement":"select\n  outcome, step as \"at?\", sum(requests)::bigint as \"requests!\", max(last_at) as \"lastAt!\",\n  (array_agg(last_detail order by last_at desc))[1] as \"lastDetail!\"\nfrom (\n    select *, date_bin(:stepSeconds!::float8 * interval '1 second', minute, to_timestamp(0)) as step\n    from source_activity\n    where source = :source! and minute >= :from!::timestamptz and minute < :to!::timestamptz\n  ) a\ngroup by grouping sets ((outcome), (outcome, step))\norder by step, outcome"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   outcome, step as "at?", sum(requests)::bigint as "requests!", max(last_at) as "lastAt!",
 *   (array_agg(last_detail order by last_at desc))[1] as "lastDetail!"
 * from (
 *     select *, date_bin(:stepSeconds!::float8 * interval '1 second', minute, to_timestamp(0)) as step
 *     from source_activity
 *     where source = :source! and minute >= :from!::timestamptz and minute < :to!::timestamptz
 *   ) a
 * group by grouping sets ((outcome), (outcome, step))
 * order by step, outcome
 * ```
 */
export const sumSourceActivity = new PreparedQuery<ISumSourceActivityParams,ISumSourceActivityResult>(sumSourceActivityIR);


