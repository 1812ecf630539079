/** Types generated for queries found in "libs/flow/operations/discard-dead-letters.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

export type numberArray = (number)[];

/** 'DiscardDeadLetters' parameters type */
export interface IDiscardDeadLettersParams {
  changed: NumberOrString;
  epoch: NumberOrString;
  replay: string;
  scanned: NumberOrString;
  shard: number;
}

/** 'DiscardDeadLetters' return type */
export interface IDiscardDeadLettersResult {
  discarded: numberArray | null;
  finished: boolean | null;
  held: boolean | null;
  lanes: numberArray | null;
}

/** 'DiscardDeadLetters' query type */
export interface IDiscardDeadLettersQuery {
  params: IDiscardDeadLettersParams;
  result: IDiscardDeadLettersResult;
}

const discardDeadLettersIR: any = {"usedParamSet":{"shard":true,"epoch":true,"replay":true,"scanned":true,"changed":true},"params":[{"name":"shard","required":true,"transform":{"type":"scalar"},"locs":[{"a":73,"b":79},{"a":906,"b":912},{"a":3452,"b":3458}]},{"name":"epoch","required":true,"transform":{"type":"scalar"},"locs":[{"a":95,"b":101}]},{"name":"replay","required":true,"transform":{"type":"scalar"},"locs":[{"a":395,"b":402},{"a":3429,"b":3436}]},{"name":"scanned","required":true,"transform":{"type":"scalar"},"locs":[{"a":1207,"b":1215},{"a":3288,"b":3296}]},{"name":"changed","required":true,"transform":{"type":"scalar"},"locs":[{"a":1901,"b":1909},{"a":2023,"b":2031},{"a":3336,"b":3344}]}],"statement":"with fence as (\n  select l.shard\n  from shard_leases l\n  where l.shard = :shard! and l.epoch = :epoch!\n  for key share of l\n),\njob as (\n  select\n    s.after_lane, s.after_sequence, s.after_event, s.after_endpoint, s.after_replay,\n    r.tenant, r.endpoint, r.entity, r.type, r.accepted_from, r.accepted_to, r.created_at\n  from fence f\n    join replay_shards s on s.shard = f.shard and s.replay = :replay!\n    join replays r on r.id = s.replay\n  where s.finished_at is null\n  for no key update of s\n),\nscanned as materialized (\n  select d.*, array[d.event_id] as event_ids, row_number() over (order by d.lane_key, d.sequence_key, d.event_id, d.endpoint, d.replay) as place\n  from job j\n    cross join lateral (\n      select\n        event_id, endpoint, replay, tenant, finished_at,\n        coalesce(lane, 0) as lane_key, coalesce(sequence, 0) as sequence_key\n      from deliveries\n      where\n        shard = :shard! and status = 'dead'\n        and (coalesce(lane, 0), coalesce(sequence, 0), event_id, endpoint, replay)\n          > (j.after_lane, j.after_sequence, j.after_event, j.after_endpoint, j.after_replay)\n      order by coalesce(lane, 0), coalesce(sequence, 0), event_id, endpoint, replay\n      limit :scanned!\n    ) d\n),\nmatching as materialized (\n  select c.*\n  from scanned c\n    cross join job j\n  where\n    c.tenant = j.tenant and c.finished_at <= j.created_at\n    and (j.endpoint is null or c.endpoint = j.endpoint)\n    and case\n      when num_nulls(j.accepted_from, j.accepted_to, j.entity, j.type) = 4 then true\n      else exists (\n        select from events e\n        where\n          e.id = any(c.event_ids) and e.accepted_at >= coalesce(j.accepted_from, '-infinity')\n          and e.accepted_at < coalesce(j.accepted_to, 'infinity')\n          and e.entity = coalesce(j.entity, e.entity) and e.type = coalesce(j.type, e.type)\n        offset 0\n      )\n    end\n  order by c.place\n  limit :changed!\n),\nreached as (\n  select c.*\n  from scanned c\n  where c.place = case\n    when (select count(*) from matching) = :changed! then (select max(place) from matching)\n    else (select max(place) from scanned)\n  end\n),\ndiscarded as (\n  update deliveries d\n  set status = 'discarded', finished_at = now(), next_attempt_at = null\n  from matching m\n  where d.event_id = any(m.event_ids) and d.endpoint = m.endpoint and d.replay = m.replay and d.status = 'dead'\n  returning d.lane, d.sequence, d.endpoint\n),\nlocked as (\n  -- In the order in which admissions and outcomes lock lanes.\n  select l.id\n  from lanes l\n  where l.id in (select lane from discarded)\n  order by l.endpoint, l.entity\n  for no key update\n),\nchanged_lanes as (\n  update lanes l\n  set halted_sequence = null, marked_at = now()\n  from discarded d\n    join locked k on k.id = d.lane\n  where l.id = d.lane and l.halted_sequence = d.sequence\n  returning l.id\n),\nprogress as (\n  update replay_shards s\n  set\n    after_lane = coalesce(r.lane_key, s.after_lane),\n    after_sequence = coalesce(r.sequence_key, s.after_sequence),\n    after_event = coalesce(r.event_id, s.after_event),\n    after_endpoint = coalesce(r.endpoint, s.after_endpoint),\n    after_replay = coalesce(r.replay, s.after_replay),\n    applied = s.applied + (select count(*) from discarded),\n    finished_at = case\n      when (select count(*) from scanned) < :scanned! and (select count(*) from matching) < :changed! then now()\n    end\n  from job j\n    left join reached r on true\n  where s.replay = :replay! and s.shard = :shard!\n  returning s.finished_at\n)\nselect\n  (select count(*) from fence)::integer = 1 as held,\n  -- Nothing left to do, or finished before.\n  (select count(*) from progress where finished_at is null)::integer = 0 as finished,\n  array(select id from changed_lanes) as lanes,\n  array(select endpoint from discarded) as discarded"};

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
 *   select
 *     s.after_lane, s.after_sequence, s.after_event, s.after_endpoint, s.after_replay,
 *     r.tenant, r.endpoint, r.entity, r.type, r.accepted_from, r.accepted_to, r.created_at
 *   from fence f
 *     join replay_shards s on s.shard = f.shard and s.replay = :replay!
 *     join replays r on r.id = s.replay
 *   where s.finished_at is null
 *   for no key update of s
 * ),
 * scanned as materialized (
 *   select d.*, array[d.event_id] as event_ids, row_number() over (order by d.lane_key, d.sequence_key, d.event_id, d.endpoint, d.replay) as place
 *   from job j
 *     cross join lateral (
 *       select
 *         event_id, endpoint, replay, tenant, finished_at,
 *         coalesce(lane, 0) as lane_key, coalesce(sequence, 0) as sequence_key
 *       from deliveries
 *       where
 *         shard = :shard! and status = 'dead'
 *         and (coalesce(lane, 0), coalesce(sequence, 0), event_id, endpoint, replay)
 *           > (j.after_lane, j.after_sequence, j.after_event, j.after_endpoint, j.after_replay)
 *       order by coalesce(lane, 0), coalesce(sequence, 0), event_id, endpoint, replay
 *       limit :scanned!
 *     ) d
 * ),
 * matching as materialized (
 *   select c.*
 *   from scanned c
 *     cross join job j
 *   where
 *     c.tenant = j.tenant and c.finished_at <= j.created_at
 *     and (j.endpoint is null or c.endpoint = j.endpoint)
 *     and case
 *       when num_nulls(j.accepted_from, j.accepted_to, j.entity, j.type) = 4 then true
 *       else exists (
 *         select from events e
 *         where
 *           e.id = any(c.event_ids) and e.accepted_at >= coalesce(j.accepted_from, '-infinity')
 *           and e.accepted_at < coalesce(j.accepted_to, 'infinity')
 *           and e.entity = coalesce(j.entity, e.entity) and e.type = coalesce(j.type, e.type)
 *         offset 0
 *       )
 *     end
 *   order by c.place
 *   limit :changed!
 * ),
 * reached as (
 *   select c.*
 *   from scanned c
 *   where c.place = case
 *     when (select count(*) from matching) = :changed! then (select max(place) from matching)
 *     else (select max(place) from scanned)
 *   end
 * ),
 * discarded as (
 *   update deliveries d
 *   set status = 'discarded', finished_at = now(), next_attempt_at = null
 *   from matching m
 *   where d.event_id = any(m.event_ids) and d.endpoint = m.endpoint and d.replay = m.replay and d.status = 'dead'
 *   returning d.lane, d.sequence, d.endpoint
 * ),
 * locked as (
 *   -- In the order in which admissions and outcomes lock lanes.
 *   select l.id
 *   from lanes l
 *   where l.id in (select lane from discarded)
 *   order by l.endpoint, l.entity
 *   for no key update
 * ),
 * changed_lanes as (
 *   update lanes l
 *   set halted_sequence = null, marked_at = now()
 *   from discarded d
 *     join locked k on k.id = d.lane
 *   where l.id = d.lane and l.halted_sequence = d.sequence
 *   returning l.id
 * ),
 * progress as (
 *   update replay_shards s
 *   set
 *     after_lane = coalesce(r.lane_key, s.after_lane),
 *     after_sequence = coalesce(r.sequence_key, s.after_sequence),
 *     after_event = coalesce(r.event_id, s.after_event),
 *     after_endpoint = coalesce(r.endpoint, s.after_endpoint),
 *     after_replay = coalesce(r.replay, s.after_replay),
 *     applied = s.applied + (select count(*) from discarded),
 *     finished_at = case
 *       when (select count(*) from scanned) < :scanned! and (select count(*) from matching) < :changed! then now()
 *     end
 *   from job j
 *     left join reached r on true
 *   where s.replay = :replay! and s.shard = :shard!
 *   returning s.finished_at
 * )
 * select
 *   (select count(*) from fence)::integer = 1 as held,
 *   -- Nothing left to do, or finished before.
 *   (select count(*) from progress where finished_at is null)::integer = 0 as finished,
 *   array(select id from changed_lanes) as lanes,
 *   array(select endpoint from discarded) as discarded
 * ```
 */
export const discardDeadLetters = new PreparedQuery<IDiscardDeadLettersParams,IDiscardDeadLettersResult>(discardDeadLettersIR);


