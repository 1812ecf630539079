/** Types generated for queries found in "libs/flow/lanes/load-lanes.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

export type numberArray = (number)[];

/** 'LoadLanes' parameters type */
export interface ILoadLanesParams {
  after: NumberOrString;
  leftOut: numberArray;
  limit: NumberOrString;
  shard: number;
}

/** 'LoadLanes' return type */
export interface ILoadLanesResult {
  attempts: number;
  deliveredSequence: number;
  dueInMs: number | null;
  endpoint: number;
  endpointVersion: number;
  halted: boolean | null;
  headSequence: number;
  lane: number;
  paused: boolean;
  tailSequence: number;
}

/** 'LoadLanes' query type */
export interface ILoadLanesQuery {
  params: ILoadLanesParams;
  result: ILoadLanesResult;
}

const loadLanesIR: any = {"usedParamSet":{"shard":true,"after":true,"leftOut":true,"limit":true},"params":[{"name":"shard","required":true,"transform":{"type":"scalar"},"locs":[{"a":583,"b":589}]},{"name":"after","required":true,"transform":{"type":"scalar"},"locs":[{"a":629,"b":635}]},{"name":"leftOut","required":true,"transform":{"type":"scalar"},"locs":[{"a":659,"b":667}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":719,"b":725}]}],"statement":"select\n  h.lane as \"lane!\",\n  l.endpoint,\n  h.sequence as \"headSequence!\",\n  l.tail_sequence as \"tailSequence\",\n  l.delivered_sequence as \"deliveredSequence\",\n  h.attempts as \"attempts!\",\n  extract(epoch from h.next_attempt_at - clock_timestamp())::float8 * 1000 as \"dueInMs\",\n  l.paused,\n  l.halted_sequence is not null as \"halted\",\n  p.version as \"endpointVersion\"\nfrom (\n  -- Reads the index once in its order: neither many lanes nor one long lane is a problem.\n  select distinct on (d.lane) d.lane, d.sequence, d.attempts, d.next_attempt_at\n  from deliveries d\n  where d.shard = :shard! and d.status = 'pending' and d.lane > :after! and d.endpoint <> all(:leftOut!::integer[])\n  order by d.lane, d.sequence\n  limit :limit!\n) h\n  join lanes l on l.id = h.lane\n  join endpoints p on p.id = l.endpoint\norder by h.lane"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   h.lane as "lane!",
 *   l.endpoint,
 *   h.sequence as "headSequence!",
 *   l.tail_sequence as "tailSequence",
 *   l.delivered_sequence as "deliveredSequence",
 *   h.attempts as "attempts!",
 *   extract(epoch from h.next_attempt_at - clock_timestamp())::float8 * 1000 as "dueInMs",
 *   l.paused,
 *   l.halted_sequence is not null as "halted",
 *   p.version as "endpointVersion"
 * from (
 *   -- Reads the index once in its order: neither many lanes nor one long lane is a problem.
 *   select distinct on (d.lane) d.lane, d.sequence, d.attempts, d.next_attempt_at
 *   from deliveries d
 *   where d.shard = :shard! and d.status = 'pending' and d.lane > :after! and d.endpoint <> all(:leftOut!::integer[])
 *   order by d.lane, d.sequence
 *   limit :limit!
 * ) h
 *   join lanes l on l.id = h.lane
 *   join endpoints p on p.id = l.endpoint
 * order by h.lane
 * ```
 */
export const loadLanes = new PreparedQuery<ILoadLanesParams,ILoadLanesResult>(loadLanesIR);


