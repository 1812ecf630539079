/** Types generated for queries found in "libs/flow/lanes/load-lanes-by-id.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

export type NumberOrStringArray = (NumberOrString)[];

export type numberArray = (number)[];

/** 'LoadLanesById' parameters type */
export interface ILoadLanesByIdParams {
  lanes: NumberOrStringArray;
  shards: numberArray;
}

/** 'LoadLanesById' return type */
export interface ILoadLanesByIdResult {
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

/** 'LoadLanesById' query type */
export interface ILoadLanesByIdQuery {
  params: ILoadLanesByIdParams;
  result: ILoadLanesByIdResult;
}

const loadLanesByIdIR: any = {"usedParamSet":{"shards":true,"lanes":true},"params":[{"name":"shards","required":true,"transform":{"type":"scalar"},"locs":[{"a":374,"b":381}]},{"name":"lanes","required":true,"transform":{"type":"scalar"},"locs":[{"a":395,"b":401}]}],"statement":"select\n  l.id as lane,\n  l.endpoint,\n  h.sequence as \"headSequence!\",\n  l.tail_sequence as \"tailSequence\",\n  l.delivered_sequence as \"deliveredSequence\",\n  h.attempts as \"attempts!\",\n  extract(epoch from h.next_attempt_at - clock_timestamp())::float8 * 1000 as \"dueInMs\",\n  l.paused,\n  l.halted_sequence is not null as \"halted\",\n  p.version as \"endpointVersion\"\nfrom unnest(:shards!::integer[], :lanes!::bigint[]) as wanted (shard, lane)\n  join lanes l on l.id = wanted.lane\n  join endpoints p on p.id = l.endpoint\n  cross join lateral (\n    select d.sequence, d.attempts, d.next_attempt_at\n    from deliveries d\n    where d.shard = wanted.shard and d.status = 'pending' and d.lane = l.id\n    order by d.sequence\n    limit 1\n  ) h"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   l.id as lane,
 *   l.endpoint,
 *   h.sequence as "headSequence!",
 *   l.tail_sequence as "tailSequence",
 *   l.delivered_sequence as "deliveredSequence",
 *   h.attempts as "attempts!",
 *   extract(epoch from h.next_attempt_at - clock_timestamp())::float8 * 1000 as "dueInMs",
 *   l.paused,
 *   l.halted_sequence is not null as "halted",
 *   p.version as "endpointVersion"
 * from unnest(:shards!::integer[], :lanes!::bigint[]) as wanted (shard, lane)
 *   join lanes l on l.id = wanted.lane
 *   join endpoints p on p.id = l.endpoint
 *   cross join lateral (
 *     select d.sequence, d.attempts, d.next_attempt_at
 *     from deliveries d
 *     where d.shard = wanted.shard and d.status = 'pending' and d.lane = l.id
 *     order by d.sequence
 *     limit 1
 *   ) h
 * ```
 */
export const loadLanesById = new PreparedQuery<ILoadLanesByIdParams,ILoadLanesByIdResult>(loadLanesByIdIR);


