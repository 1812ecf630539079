/** Types generated for queries found in "libs/lanes/src/load-unordered.sql" */
import { PreparedQuery } from '@pgtyped/runtime';

export type NumberOrString = number | string;

/** 'LoadUnordered' parameters type */
export interface ILoadUnorderedParams {
  afterEndpoint: number;
  afterEvent: string;
  afterReplay: number;
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

const loadUnorderedIR: any = {"usedParamSet":{"shard":true,"afterEvent":true,"afterEndpoint":true,"afterReplay":true,"limit":true},"params":[{"name":"shard","required":true,"transform":{"type":"scalar"},"locs":[{"a":198,"b":204}]},{"name":"afterEvent","required":true,"transform":{"type":"scalar"},"locs":[{"a":294,"b":305}]},{"name":"afterEndpoint","required":true,"transform":{"type":"scalar"},"locs":[{"a":314,"b":328}]},{"name":"afterReplay","required":true,"transform":{"type":"scalar"},"locs":[{"a":340,"b":352}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":412,"b":418}]}],"statement":"select\n  d.event_id as \"eventId\",\n  d.endpoint,\n  d.replay,\n  d.attempts,\n  extract(epoch from d.next_attempt_at - clock_timestamp())::float8 * 1000 as \"dueInMs\"\nfrom deliveries d\nwhere\n  d.shard = :shard! and d.status = 'pending' and d.lane is null\n  and (d.event_id, d.endpoint, d.replay) > (:afterEvent!::uuid, :afterEndpoint!::integer, :afterReplay!::integer)\norder by d.event_id, d.endpoint, d.replay\nlimit :limit!"};

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
 *   d.shard = :shard! and d.status = 'pending' and d.lane is null
 *   and (d.event_id, d.endpoint, d.replay) > (:afterEvent!::uuid, :afterEndpoint!::integer, :afterReplay!::integer)
 * order by d.event_id, d.endpoint, d.replay
 * limit :limit!
 * ```
 */
export const loadUnordered = new PreparedQuery<ILoadUnorderedParams,ILoadUnorderedResult>(loadUnorderedIR);


