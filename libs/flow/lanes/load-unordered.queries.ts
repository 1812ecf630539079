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
  endpointVersion: number;
  eventId: string;
  replay: number;
}

/** 'LoadUnordered' query type */
export interface ILoadUnorderedQuery {
  params: ILoadUnorderedParams;
  result: ILoadUnorderedResult;
}

const loadUnorderedIR: any = {"usedParamSet":{"shard":true,"leftOut":true,"afterEvent":true,"afterEndpoint":true,"afterReplay":true,"limit":true},"params":[{"name":"shard","required":true,"transform":{"type":"scalar"},"locs":[{"a":304,"b":310}]},{"name":"leftOut","required":true,"transform":{"type":"scalar"},"locs":[{"a":372,"b":380}]},{"name":"afterEvent","required":true,"transform":{"type":"scalar"},"locs":[{"a":434,"b":445}]},{"name":"afterEndpoint","required":true,"transform":{"type":"scalar"},"locs":[{"a":454,"b":468}]},{"name":"afterReplay","required":true,"transform":{"type":"scalar"},"locs":[{"a":480,"b":492}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":550,"b":556}]}],"statement":"select\n  d.event_id as \"eventId\",\n  d.endpoint,\n  d.replay,\n  d.attempts,\n  extract(epoch from d.next_attempt_at - clock_timestamp())::float8 * 1000 as \"dueInMs\",\n  p.version as \"endpointVersion\"\nfrom (\n  select event_id, endpoint, replay, attempts, next_attempt_at\n  from deliveries\n  where\n    shard = :shard! and status = 'pending' and lane is null and endpoint <> all(:leftOut!::integer[])\n    and (event_id, endpoint, replay) > (:afterEvent!::uuid, :afterEndpoint!::integer, :afterReplay!::integer)\n  order by event_id, endpoint, replay\n  limit :limit!\n) d\n  join endpoints p on p.id = d.endpoint\norder by d.event_id, d.endpoint, d.replay"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   d.event_id as "eventId",
 *   d.endpoint,
 *   d.replay,
 *   d.attempts,
 *   extract(epoch from d.next_attempt_at - clock_timestamp())::float8 * 1000 as "dueInMs",
 *   p.version as "endpointVersion"
 * from (
 *   select event_id, endpoint, replay, attempts, next_attempt_at
 *   from deliveries
 *   where
 *     shard = :shard! and status = 'pending' and lane is null and endpoint <> all(:leftOut!::integer[])
 *     and (event_id, endpoint, replay) > (:afterEvent!::uuid, :afterEndpoint!::integer, :afterReplay!::integer)
 *   order by event_id, endpoint, replay
 *   limit :limit!
 * ) d
 *   join endpoints p on p.id = d.endpoint
 * order by d.event_id, d.endpoint, d.replay
 * ```
 */
export const loadUnordered = new PreparedQuery<ILoadUnorderedParams,ILoadUnorderedResult>(loadUnorderedIR);


