/** Types generated for queries found in "libs/flow/lanes/discard-endpoint.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

/** 'DiscardEndpoint' parameters type */
export interface IDiscardEndpointParams {
  endpoint: number;
  epoch: NumberOrString;
  limit: NumberOrString;
  shard: number;
}

/** 'DiscardEndpoint' return type */
export interface IDiscardEndpointResult {
  discarded: number | null;
  held: boolean | null;
}

/** 'DiscardEndpoint' query type */
export interface IDiscardEndpointQuery {
  params: IDiscardEndpointParams;
  result: IDiscardEndpointResult;
}

const discardEndpointIR: any = {"usedParamSet":{"shard":true,"epoch":true,"endpoint":true,"limit":true},"params":[{"name":"shard","required":true,"transform":{"type":"scalar"},"locs":[{"a":73,"b":79},{"a":253,"b":259}]},{"name":"epoch","required":true,"transform":{"type":"scalar"},"locs":[{"a":95,"b":101}]},{"name":"endpoint","required":true,"transform":{"type":"scalar"},"locs":[{"a":303,"b":312}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":446,"b":452}]}],"statement":"with fence as (\n  select l.shard\n  from shard_leases l\n  where l.shard = :shard! and l.epoch = :epoch!\n  for key share of l\n),\nwaiting as materialized (\n  select array[d.event_id] as event_ids, d.endpoint, d.replay\n  from deliveries d\n  where d.shard = :shard! and d.status = 'pending' and d.endpoint = :endpoint!\n    and exists (select from endpoints p where p.id = d.endpoint and p.deleted_at is not null)\n  order by d.lane, d.sequence\n  limit :limit!\n),\ndiscarded as (\n  update deliveries d\n  set status = 'discarded', next_attempt_at = null, finished_at = now()\n  from fence, waiting w\n  where d.event_id = any(w.event_ids) and d.endpoint = w.endpoint and d.replay = w.replay and d.status = 'pending'\n  returning d.lane, d.sequence\n),\nlocked as (\n  -- In the order in which admissions and outcomes lock lanes.\n  select l.id\n  from lanes l\n  where l.id in (select lane from discarded)\n  order by l.endpoint, l.entity\n  for no key update\n),\nclosed as (\n  update lanes l\n  set\n    closed_sequence = greatest(l.closed_sequence, x.last),\n    replays = l.replays - x.replays\n  from (\n    select d.lane, max(d.sequence) as last, count(*) filter (where d.sequence <= c.closed_sequence) as replays\n    from discarded d\n      join lanes c on c.id = d.lane\n    group by d.lane\n  ) x\n    join locked k on k.id = x.lane\n  where l.id = x.lane\n)\nselect\n  (select count(*) from fence)::integer = 1 as held,\n  (select count(*) from discarded)::integer as discarded"};

/**
 * Query generated from SQL:
 * ```
 * with fence as (
 *   select l.shard
 *   from shard_leases l
 *   where l.shard = :shard! and l.epoch = :epoch!
 *   for key share of l
 * ),
 * waiting as materialized (
 *   select array[d.event_id] as event_ids, d.endpoint, d.replay
 *   from deliveries d
 *   where d.shard = :shard! and d.status = 'pending' and d.endpoint = :endpoint!
 *     and exists (select from endpoints p where p.id = d.endpoint and p.deleted_at is not null)
 *   order by d.lane, d.sequence
 *   limit :limit!
 * ),
 * discarded as (
 *   update deliveries d
 *   set status = 'discarded', next_attempt_at = null, finished_at = now()
 *   from fence, waiting w
 *   where d.event_id = any(w.event_ids) and d.endpoint = w.endpoint and d.replay = w.replay and d.status = 'pending'
 *   returning d.lane, d.sequence
 * ),
 * locked as (
 *   -- In the order in which admissions and outcomes lock lanes.
 *   select l.id
 *   from lanes l
 *   where l.id in (select lane from discarded)
 *   order by l.endpoint, l.entity
 *   for no key update
 * ),
 * closed as (
 *   update lanes l
 *   set
 *     closed_sequence = greatest(l.closed_sequence, x.last),
 *     replays = l.replays - x.replays
 *   from (
 *     select d.lane, max(d.sequence) as last, count(*) filter (where d.sequence <= c.closed_sequence) as replays
 *     from discarded d
 *       join lanes c on c.id = d.lane
 *     group by d.lane
 *   ) x
 *     join locked k on k.id = x.lane
 *   where l.id = x.lane
 * )
 * select
 *   (select count(*) from fence)::integer = 1 as held,
 *   (select count(*) from discarded)::integer as discarded
 * ```
 */
export const discardEndpoint = new PreparedQuery<IDiscardEndpointParams,IDiscardEndpointResult>(discardEndpointIR);


