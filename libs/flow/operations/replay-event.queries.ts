/** Types generated for queries found in "libs/flow/operations/replay-event.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

export type numberArray = (number)[];

/** 'ReplayEvent' parameters type */
export interface IReplayEventParams {
  epoch: NumberOrString;
  replay: string;
  shard: number;
}

/** 'ReplayEvent' return type */
export interface IReplayEventResult {
  held: boolean | null;
  lanes: numberArray | null;
  unordered: number | null;
}

/** 'ReplayEvent' query type */
export interface IReplayEventQuery {
  params: IReplayEventParams;
  result: IReplayEventResult;
}

const replayEventIR: any = {"usedParamSet":{"shard":true,"epoch":true,"replay":true},"params":[{"name":"shard","required":true,"transform":{"type":"scalar"},"locs":[{"a":73,"b":79},{"a":642,"b":648},{"a":1146,"b":1152},{"a":2427,"b":2433},{"a":2748,"b":2754}]},{"name":"epoch","required":true,"transform":{"type":"scalar"},"locs":[{"a":95,"b":101}]},{"name":"replay","required":true,"transform":{"type":"scalar"},"locs":[{"a":287,"b":294},{"a":2725,"b":2732}]}],"statement":"with fence as (\n  select l.shard\n  from shard_leases l\n  where l.shard = :shard! and l.epoch = :epoch!\n  for key share of l\n),\njob as (\n  select r.tenant, array[r.event_id] as event_ids, r.created_at, r.requeue\n  from fence f\n    join replay_shards s on s.shard = f.shard and s.replay = :replay!\n    join replays r on r.id = s.replay\n  where s.finished_at is null\n  for no key update of s\n),\nreplayed as (\n  update deliveries d\n  set status = 'pending', replayed_attempts = d.attempts, dead_reason = null, finished_at = null, next_attempt_at = null\n  from job j\n  where\n    d.event_id = any(j.event_ids) and d.tenant = j.tenant and d.shard = :shard! and d.status = 'dead' and d.finished_at <= j.created_at\n    -- A deleted endpoint gets nothing any more.\n    and exists (select from endpoints p where p.id = d.endpoint and p.deleted_at is null)\n  returning d.lane, d.sequence\n),\nagain as (\n  select d.event_id, d.endpoint, max(d.replay) + 1 as replay, d.tenant, d.lane\n  from job j\n    join deliveries d on d.event_id = any(j.event_ids)\n    join endpoints p on p.id = d.endpoint and p.deleted_at is null\n  where d.tenant = j.tenant and d.shard = :shard! and j.requeue is null\n  group by d.event_id, d.endpoint, d.tenant, d.lane\n  having\n    bool_and(d.status in ('delivered', 'discarded')) and bool_and(d.finished_at <= j.created_at)\n    and (array_agg(d.status order by d.replay desc))[1] = 'delivered'\n),\nby_lane as (\n  select lane, count(*) as replays, array_agg(sequence) as sequences, 0 as added\n  from replayed\n  where lane is not null\n  group by lane\n  union all\n  select lane, 0, '{}', 1\n  from again\n  where lane is not null\n),\nlocked as (\n  -- In the order in which admissions and outcomes lock lanes.\n  select l.id\n  from lanes l\n  where l.id in (select lane from by_lane)\n  order by l.endpoint, l.entity\n  for no key update\n),\nchanged_lanes as (\n  update lanes l\n  set\n    replays = l.replays + b.replays,\n    tail_sequence = l.tail_sequence + b.added,\n    halted_sequence = case when l.halted_sequence = any(b.sequences) then null else l.halted_sequence end,\n    marked_at = case when l.halted_sequence = any(b.sequences) then now() else l.marked_at end\n  from by_lane b\n    join locked k on k.id = b.lane\n  where l.id = b.lane\n  returning l.id, l.tail_sequence\n),\nadded as (\n  insert into deliveries (event_id, endpoint, replay, tenant, shard, lane, sequence)\n  select a.event_id, a.endpoint, a.replay, a.tenant, :shard!, a.lane, c.tail_sequence\n  from again a\n    left join changed_lanes c on c.id = a.lane\n  returning lane\n),\nprogress as (\n  update replay_shards s\n  set applied = s.applied + (select count(*) from replayed) + (select count(*) from added), finished_at = now()\n  from job j\n  where s.replay = :replay! and s.shard = :shard!\n)\nselect\n  (select count(*) from fence)::integer = 1 as held,\n  array(select id from changed_lanes) as lanes,\n  (select count(*) from replayed where lane is null)::integer\n    + (select count(*) from added where lane is null)::integer as unordered"};

/**
 * Query generated from SQL:
 * ```
 * with fence as (
 *   select l.shard
 *   from shard_leases l
 *   where l.shard = :shard! and l.epoch = :epoch!
 *   for key share of l
 * ),
 * job as (
 *   select r.tenant, array[r.event_id] as event_ids, r.created_at, r.requeue
 *   from fence f
 *     join replay_shards s on s.shard = f.shard and s.replay = :replay!
 *     join replays r on r.id = s.replay
 *   where s.finished_at is null
 *   for no key update of s
 * ),
 * replayed as (
 *   update deliveries d
 *   set status = 'pending', replayed_attempts = d.attempts, dead_reason = null, finished_at = null, next_attempt_at = null
 *   from job j
 *   where
 *     d.event_id = any(j.event_ids) and d.tenant = j.tenant and d.shard = :shard! and d.status = 'dead' and d.finished_at <= j.created_at
 *     -- A deleted endpoint gets nothing any more.
 *     and exists (select from endpoints p where p.id = d.endpoint and p.deleted_at is null)
 *   returning d.lane, d.sequence
 * ),
 * again as (
 *   select d.event_id, d.endpoint, max(d.replay) + 1 as replay, d.tenant, d.lane
 *   from job j
 *     join deliveries d on d.event_id = any(j.event_ids)
 *     join endpoints p on p.id = d.endpoint and p.deleted_at is null
 *   where d.tenant = j.tenant and d.shard = :shard! and j.requeue is null
 *   group by d.event_id, d.endpoint, d.tenant, d.lane
 *   having
 *     bool_and(d.status in ('delivered', 'discarded')) and bool_and(d.finished_at <= j.created_at)
 *     and (array_agg(d.status order by d.replay desc))[1] = 'delivered'
 * ),
 * by_lane as (
 *   select lane, count(*) as replays, array_agg(sequence) as sequences, 0 as added
 *   from replayed
 *   where lane is not null
 *   group by lane
 *   union all
 *   select lane, 0, '{}', 1
 *   from again
 *   where lane is not null
 * ),
 * locked as (
 *   -- In the order in which admissions and outcomes lock lanes.
 *   select l.id
 *   from lanes l
 *   where l.id in (select lane from by_lane)
 *   order by l.endpoint, l.entity
 *   for no key update
 * ),
 * changed_lanes as (
 *   update lanes l
 *   set
 *     replays = l.replays + b.replays,
 *     tail_sequence = l.tail_sequence + b.added,
 *     halted_sequence = case when l.halted_sequence = any(b.sequences) then null else l.halted_sequence end,
 *     marked_at = case when l.halted_sequence = any(b.sequences) then now() else l.marked_at end
 *   from by_lane b
 *     join locked k on k.id = b.lane
 *   where l.id = b.lane
 *   returning l.id, l.tail_sequence
 * ),
 * added as (
 *   insert into deliveries (event_id, endpoint, replay, tenant, shard, lane, sequence)
 *   select a.event_id, a.endpoint, a.replay, a.tenant, :shard!, a.lane, c.tail_sequence
 *   from again a
 *     left join changed_lanes c on c.id = a.lane
 *   returning lane
 * ),
 * progress as (
 *   update replay_shards s
 *   set applied = s.applied + (select count(*) from replayed) + (select count(*) from added), finished_at = now()
 *   from job j
 *   where s.replay = :replay! and s.shard = :shard!
 * )
 * select
 *   (select count(*) from fence)::integer = 1 as held,
 *   array(select id from changed_lanes) as lanes,
 *   (select count(*) from replayed where lane is null)::integer
 *     + (select count(*) from added where lane is null)::integer as unordered
 * ```
 */
export const replayEvent = new PreparedQuery<IReplayEventParams,IReplayEventResult>(replayEventIR);


