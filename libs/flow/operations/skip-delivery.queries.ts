/** Types generated for queries found in "libs/flow/operations/skip-delivery.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

export type numberArray = (number)[];

/** 'SkipDelivery' parameters type */
export interface ISkipDeliveryParams {
  epoch: NumberOrString;
  lane: NumberOrString;
  shard: number;
}

/** 'SkipDelivery' return type */
export interface ISkipDeliveryResult {
  discarded: numberArray | null;
  held: boolean | null;
}

/** 'SkipDelivery' query type */
export interface ISkipDeliveryQuery {
  params: ISkipDeliveryParams;
  result: ISkipDeliveryResult;
}

const skipDeliveryIR: any = {"usedParamSet":{"shard":true,"epoch":true,"lane":true},"params":[{"name":"shard","required":true,"transform":{"type":"scalar"},"locs":[{"a":73,"b":79},{"a":536,"b":542},{"a":699,"b":705}]},{"name":"epoch","required":true,"transform":{"type":"scalar"},"locs":[{"a":95,"b":101}]},{"name":"lane","required":true,"transform":{"type":"scalar"},"locs":[{"a":272,"b":277}]}],"statement":"with fence as (\n  select l.shard\n  from shard_leases l\n  where l.shard = :shard! and l.epoch = :epoch!\n  for key share of l\n),\nmarked as (\n  select l.id, l.skip_sequence, l.closed_sequence, l.halted_sequence\n  from fence f\n    join lanes l on l.shard = f.shard and l.id = :lane!\n  where l.skip_sequence is not null\n  for no key update of l\n),\nwanted as materialized (\n  select array[d.event_id] as event_ids, d.endpoint, d.replay, d.status\n  from marked m\n    cross join lateral (\n      select * from deliveries p\n      where p.shard = :shard! and p.lane = m.id and p.sequence = m.skip_sequence and p.status = 'pending'\n      union all\n      select * from deliveries q\n      where\n        q.shard = :shard! and coalesce(q.lane, 0) = m.id and coalesce(q.sequence, 0) = m.skip_sequence and q.status = 'dead'\n        and m.halted_sequence = m.skip_sequence\n    ) d\n),\ndiscarded as (\n  update deliveries d\n  set status = 'discarded', next_attempt_at = null, finished_at = now()\n  from wanted w\n  where d.event_id = any(w.event_ids) and d.endpoint = w.endpoint and d.replay = w.replay and d.status = w.status\n  returning d.sequence, d.endpoint, w.status as was\n),\ncleared as (\n  update lanes l\n  set\n    skip_sequence = null,\n    closed_sequence = greatest(l.closed_sequence, x.sequence),\n    replays = l.replays - case when x.was = 'pending' and x.sequence <= l.closed_sequence then 1 else 0 end,\n    halted_sequence = nullif(l.halted_sequence, m.skip_sequence),\n    marked_at = now()\n  from marked m\n    left join discarded x on true\n  where l.id = m.id\n)\nselect\n  (select count(*) from fence)::integer = 1 as held,\n  array(select endpoint from discarded) as discarded"};

/**
 * Query generated from SQL:
 * ```
 * with fence as (
 *   select l.shard
 *   from shard_leases l
 *   where l.shard = :shard! and l.epoch = :epoch!
 *   for key share of l
 * ),
 * marked as (
 *   select l.id, l.skip_sequence, l.closed_sequence, l.halted_sequence
 *   from fence f
 *     join lanes l on l.shard = f.shard and l.id = :lane!
 *   where l.skip_sequence is not null
 *   for no key update of l
 * ),
 * wanted as materialized (
 *   select array[d.event_id] as event_ids, d.endpoint, d.replay, d.status
 *   from marked m
 *     cross join lateral (
 *       select * from deliveries p
 *       where p.shard = :shard! and p.lane = m.id and p.sequence = m.skip_sequence and p.status = 'pending'
 *       union all
 *       select * from deliveries q
 *       where
 *         q.shard = :shard! and coalesce(q.lane, 0) = m.id and coalesce(q.sequence, 0) = m.skip_sequence and q.status = 'dead'
 *         and m.halted_sequence = m.skip_sequence
 *     ) d
 * ),
 * discarded as (
 *   update deliveries d
 *   set status = 'discarded', next_attempt_at = null, finished_at = now()
 *   from wanted w
 *   where d.event_id = any(w.event_ids) and d.endpoint = w.endpoint and d.replay = w.replay and d.status = w.status
 *   returning d.sequence, d.endpoint, w.status as was
 * ),
 * cleared as (
 *   update lanes l
 *   set
 *     skip_sequence = null,
 *     closed_sequence = greatest(l.closed_sequence, x.sequence),
 *     replays = l.replays - case when x.was = 'pending' and x.sequence <= l.closed_sequence then 1 else 0 end,
 *     halted_sequence = nullif(l.halted_sequence, m.skip_sequence),
 *     marked_at = now()
 *   from marked m
 *     left join discarded x on true
 *   where l.id = m.id
 * )
 * select
 *   (select count(*) from fence)::integer = 1 as held,
 *   array(select endpoint from discarded) as discarded
 * ```
 */
export const skipDelivery = new PreparedQuery<ISkipDeliveryParams,ISkipDeliveryResult>(skipDeliveryIR);


