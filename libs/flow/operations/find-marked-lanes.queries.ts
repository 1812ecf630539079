/** Types generated for queries found in "libs/flow/operations/find-marked-lanes.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type DateOrString = Date | string;

export type DateOrStringArray = (DateOrString)[];

export type NumberOrString = number | string;

export type NumberOrStringArray = (NumberOrString)[];

export type numberArray = (number)[];

/** 'FindMarkedLanes' parameters type */
export interface IFindMarkedLanesParams {
  afterLanes: NumberOrStringArray;
  afterMarks: DateOrStringArray;
  limit: NumberOrString;
  shards: numberArray;
  sinceMs: numberArray;
  withinMs: number;
}

/** 'FindMarkedLanes' return type */
export interface IFindMarkedLanesResult {
  changedAtMs: number;
  halted: boolean | null;
  lane: number;
  markedAt: string;
  paused: boolean;
  shard: number;
}

/** 'FindMarkedLanes' query type */
export interface IFindMarkedLanesQuery {
  params: IFindMarkedLanesParams;
  result: IFindMarkedLanesResult;
}

const findMarkedLanesIR: any = {"usedParamSet":{"shards":true,"sinceMs":true,"afterMarks":true,"afterLanes":true,"withinMs":true,"limit":true},"params":[{"name":"shards","required":true,"transform":{"type":"scalar"},"locs":[{"a":206,"b":213}]},{"name":"sinceMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":227,"b":235}]},{"name":"afterMarks","required":true,"transform":{"type":"scalar"},"locs":[{"a":248,"b":259}]},{"name":"afterLanes","required":true,"transform":{"type":"scalar"},"locs":[{"a":277,"b":288}]},{"name":"withinMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":561,"b":570}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":710,"b":716}]}],"statement":"select\n  m.id as lane,\n  m.shard,\n  m.paused,\n  m.halted_sequence is not null as \"halted\",\n  m.marked_at::text as \"markedAt!\",\n  extract(epoch from m.marked_at)::float8 * 1000 as \"changedAtMs!\"\nfrom unnest(:shards!::integer[], :sinceMs!::float8[], :afterMarks!::timestamptz[], :afterLanes!::bigint[]) as s (shard, since_ms, after_mark, after_lane)\n  cross join lateral (\n    select l.id, l.shard, l.paused, l.halted_sequence, l.marked_at\n    from lanes l\n    where\n      l.shard = s.shard\n      and l.marked_at >= least(to_timestamp(s.since_ms / 1000), now() - :withinMs!::float8 * interval '1 millisecond')\n      and (l.marked_at, l.id) > (s.after_mark, s.after_lane)\n    order by l.marked_at, l.id\n    limit :limit!\n  ) m\norder by m.shard, m.marked_at, m.id"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   m.id as lane,
 *   m.shard,
 *   m.paused,
 *   m.halted_sequence is not null as "halted",
 *   m.marked_at::text as "markedAt!",
 *   extract(epoch from m.marked_at)::float8 * 1000 as "changedAtMs!"
 * from unnest(:shards!::integer[], :sinceMs!::float8[], :afterMarks!::timestamptz[], :afterLanes!::bigint[]) as s (shard, since_ms, after_mark, after_lane)
 *   cross join lateral (
 *     select l.id, l.shard, l.paused, l.halted_sequence, l.marked_at
 *     from lanes l
 *     where
 *       l.shard = s.shard
 *       and l.marked_at >= least(to_timestamp(s.since_ms / 1000), now() - :withinMs!::float8 * interval '1 millisecond')
 *       and (l.marked_at, l.id) > (s.after_mark, s.after_lane)
 *     order by l.marked_at, l.id
 *     limit :limit!
 *   ) m
 * order by m.shard, m.marked_at, m.id
 * ```
 */
export const findMarkedLanes = new PreparedQuery<IFindMarkedLanesParams,IFindMarkedLanesResult>(findMarkedLanesIR);


