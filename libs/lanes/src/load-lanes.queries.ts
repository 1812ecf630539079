/** Types generated for queries found in "libs/lanes/src/load-lanes.sql" */
import { PreparedQuery } from '@pgtyped/runtime';

export type NumberOrString = number | string;

/** 'LoadLanes' parameters type */
export interface ILoadLanesParams {
  after: NumberOrString;
  limit: NumberOrString;
  shard: number;
}

/** 'LoadLanes' return type */
export interface ILoadLanesResult {
  attempts: number;
  closedSequence: number;
  deliveredSequence: number;
  dueInMs: number | null;
  endpoint: number;
  entity: string;
  lane: number;
  tailSequence: number;
}

/** 'LoadLanes' query type */
export interface ILoadLanesQuery {
  params: ILoadLanesParams;
  result: ILoadLanesResult;
}

const loadLanesIR: any = {"usedParamSet":{"shard":true,"after":true,"limit":true},"params":[{"name":"shard","required":true,"transform":{"type":"scalar"},"locs":[{"a":344,"b":350}]},{"name":"after","required":true,"transform":{"type":"scalar"},"locs":[{"a":390,"b":396}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":459,"b":465}]}],"statement":"select\n  l.id as lane,\n  l.endpoint,\n  l.entity,\n  l.tail_sequence as \"tailSequence\",\n  l.closed_sequence as \"closedSequence\",\n  l.delivered_sequence as \"deliveredSequence\",\n  d.attempts,\n  extract(epoch from d.next_attempt_at - clock_timestamp())::float8 * 1000 as \"dueInMs\"\nfrom deliveries d\n  join lanes l on l.id = d.lane\nwhere\n  d.shard = :shard! and d.status = 'pending' and d.lane > :after! and d.sequence = l.closed_sequence + 1\norder by d.lane\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   l.id as lane,
 *   l.endpoint,
 *   l.entity,
 *   l.tail_sequence as "tailSequence",
 *   l.closed_sequence as "closedSequence",
 *   l.delivered_sequence as "deliveredSequence",
 *   d.attempts,
 *   extract(epoch from d.next_attempt_at - clock_timestamp())::float8 * 1000 as "dueInMs"
 * from deliveries d
 *   join lanes l on l.id = d.lane
 * where
 *   d.shard = :shard! and d.status = 'pending' and d.lane > :after! and d.sequence = l.closed_sequence + 1
 * order by d.lane
 * limit :limit!
 * ```
 */
export const loadLanes = new PreparedQuery<ILoadLanesParams,ILoadLanesResult>(loadLanesIR);


