/** Types generated for queries found in "libs/flow/lanes/load-unordered.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

export type numberArray = (number)[];

/** 'LoadUnordered' parameters type */
export interface ILoadUnorderedParams {
  afterEndpoint: number;
  afterEvent: string;
  afterReplay: number;
  leftOut: numberArray;
  limit: NumberOrString;
  shard: number;
}

/** 'LoadUnordered' return type */
export interface ILoadUnorderedResult {
  attempts: number;
  dueInMs: number | null;
  endpoint: number;
  eventId: string;
  replay: number;
}

/** 'LoadUnordered' query type */
export interface ILoadUnorderedQuery {
  params: ILoadUnorderedParams;
  result: ILoadUnorderedResult;
}

const loadUnorderedIR: any = {"usedParamSet":{"shard":true,"leftOut":true,"afterEvent":true,"afterEndpoint":true,"afterReplay":true,"limit":true},"params":[{"name":"shard","required":true,"transform":{"type":"scalar"},"locs":[{"a":198,"b":204}]},{"name":"leftOut","required":true,"transform":{"type":"scalar"},"locs":[{"a":272,"b":280}]},{"name":"afterEvent","required":true,"transform":{"type":"scalar"},"locs":[{"a":338,"b":349}]},{"name":"afterEndpoint","required":true,"transform":{"type":"scalar"},"locs":[{"a":358,"b":372}]},{"name":"afterReplay","required":true,"transform":{"type":"scalar"},"locs":[{"a":384,"b":396}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":456,"b":462}]}],"statement":"select\n  d.event_id as \"eventId\",\n  d.endpoint,\n  d.replay,\n  d.attempts,\n  extract(epoch from d.next_attempt_at - clock_timestamp())::float8 * 1000 as \"dueInMs\"\nfrom deliveries d\nwhere\n  d.shard = :shard! and d.status = 'pending' and d.lane is null and d.endpoint <> all(:leftOut!::integer[])\n  and (d.event_id, d.endpoint, d.replay) > (:afterEvent!::uuid, :afterEndpoint!::integer, :afterReplay!::integer)\norder by d.event_id, d.endpoint, d.replay\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   d.event_id as "eventId",
 *   d.endpoint,
 *   d.replay,
 *   d.attempts,
 *   extract(epoch from d.next_attempt_at - clock_timestamp())::float8 * 1000 as "dueInMs"
 * from deliveries d
 * where
 *   d.shard = :shard! and d.status = 'pending' and d.lane is null and d.endpoint <> all(:leftOut!::integer[])
 *   and (d.event_id, d.endpoint, d.replay) > (:afterEvent!::uuid, :afterEndpoint!::integer, :afterReplay!::integer)
 * order by d.event_id, d.endpoint, d.replay
 * limit :limit!
 * ```
 */
export const loadUnordered = new PreparedQuery<ILoadUnorderedParams,ILoadUnorderedResult>(loadUnorderedIR);


