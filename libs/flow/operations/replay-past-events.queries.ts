/** Types generated for queries found in "libs/flow/operations/replay-past-events.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

export type numberArray = (number)[];

/** 'ReplayPastEvents' parameters type */
export interface IReplayPastEventsParams {
  changed: NumberOrString;
  epoch: NumberOrString;
  firstId: string;
  replay: string;
  scanned: NumberOrString;
  shard: number;
}

/** 'ReplayPastEvents' return type */
export interface IReplayPastEventsResult {
  finished: boolean | null;
  held: boolean | null;
  lanes: numberArray | null;
  unordered: number | null;
}

/** 'ReplayPastEvents' query type */
export interface IReplayPastEventsQuery {
  params: IReplayPastEventsParams;
  result: IReplayPastEventsResult;
}

const replayPastEventsIR: any = {"usedParamSet":{"shard":true,"epoch":true,"replay":true,"firstId":true,"scanned":true,"changed":true},"params":[{"name":"shard","required":true,"transform":{"type":"scalar"},"locs":[{"a":73,"b":79},{"a":814,"b":820},{"a":3717,"b":3723},{"a":4539,"b":4545}]},{"name":"epoch","required":true,"transform":{"type":"scalar"},"locs":[{"a":95,"b":101}]},{"name":"replay","required":true,"transform":{"type":"scalar"},"locs":[{"a":430,"b":437},{"a":4516,"b":4523}]},{"name":"firstId","required":true,"transform":{"type":"scalar"},"locs":[{"a":839,"b":847},{"a":1853,"b":1861},{"a":2472,"b":2480}]},{"name":"scanned","required":true,"transform":{"type":"scalar"},"locs":[{"a":935,"b":943},{"a":4359,"b":4367}]},{"name":"changed","required":true,"transform":{"type":"scalar"},"locs":[{"a":1989,"b":1997},{"a":2120,"b":2128},{"a":4302,"b":4310}]}],"statement":"with fence as (\n  select l.shard\n  from shard_leases l\n  where l.shard = :shard! and l.epoch = :epoch!\n  for key share of l\n),\njob as (\n  select\n    s.after_sequence, r.tenant, r.endpoint, r.entity, r.type, r.accepted_from, r.accepted_to, r.created_at,\n    uuid_floor(r.accepted_to + interval '1 hour') as end_id,\n    p.deleted_at is not null as deleted\n  from fence f\n    join replay_shards s on s.shard = f.shard and s.replay = :replay!\n    join replays r on r.id = s.replay\n    join endpoints p on p.id = r.endpoint\n  where s.finished_at is null\n  for no key update of s\n),\nscanned as materialized (\n  select e.*, row_number() over (order by e.accept_seq) as place\n  from job j\n    cross join lateral (\n      select id, tenant, accept_seq, accepted_at, type, entity\n      from events\n      where events.shard = :shard! and events.id >= :firstId! and events.accept_seq > j.after_sequence\n      order by events.accept_seq\n      limit :scanned!\n    ) e\n  where not j.deleted\n),\ncovered as materialized (\n  select s.id, array[s.id] as event_ids, s.place\n  from scanned s\n    cross join job j\n  where\n    s.tenant = j.tenant and s.accepted_at >= j.accepted_from and s.accepted_at < j.accepted_to\n    and s.entity = coalesce(j.entity, s.entity) and s.type = coalesce(j.type, s.type)\n),\nmatching as materialized (\n  select c.id, c.event_ids, c.place, d.*\n  from covered c\n    cross join job j\n    cross join lateral (\n      select\n        max(replay) + 1 as next_replay, max(lane) as lane,\n        bool_and(status in ('delivered', 'discarded') and finished_at <= j.created_at)\n          and (array_agg(status order by replay desc))[1] = 'delivered' as is_new,\n        array_agg(replay) filter (where status = 'dead' and finished_at <= j.created_at) as dead\n      from deliveries\n      where deliveries.event_id = any(c.event_ids) and deliveries.event_id >= :firstId! and deliveries.endpoint = j.endpoint\n      offset 0\n    ) d\n  where d.is_new or d.dead is not null\n  order by c.place\n  limit :changed!\n),\nreached as (\n  select s.accept_seq\n  from scanned s\n  where s.place = case\n    when (select count(*) from matching) = :changed! then (select max(place) from matching)\n    else (select max(place) from scanned)\n  end\n),\nreplayed as (\n  update deliveries d\n  set status = 'pending', replayed_attempts = d.attempts, dead_reason = null, finished_at = null, next_attempt_at = null\n  from matching m\n    cross join job j\n  where d.event_id = any(m.event_ids) and d.event_id >= :firstId! and d.endpoint = j.endpoint and d.replay = any(m.dead) and d.status = 'dead'\n  returning d.lane, d.sequence\n),\nby_lane as (\n  select lane, sum(replays)::integer as replays, sum(added)::integer as added\n  from (\n      select lane, 1 as replays, 0 as added from replayed\n      union all\n      select lane, 0, 1 from matching where is_new\n    ) x\n  where lane is not null\n  group by lane\n),\nlocked as (\n  -- In the order in which admissions and outcomes lock lanes.\n  select l.id, exists (select from replayed r where r.lane = l.id and r.sequence = l.halted_sequence) as resumes\n  from lanes l\n  where l.id in (select lane from by_lane)\n  order by l.endpoint, l.entity\n  for no key update\n),\nchanged_lanes as (\n  update lanes l\n  set\n    replays = l.replays + b.replays,\n    tail_sequence = l.tail_sequence + b.added,\n    halted_sequence = case when k.resumes then null else l.halted_sequence end,\n    marked_at = case when k.resumes then now() else l.marked_at end\n  from by_lane b\n    join locked k on k.id = b.lane\n  where l.id = b.lane\n  returning l.id, l.tail_sequence, b.added\n),\nadded as (\n  insert into deliveries (event_id, endpoint, replay, tenant, shard, lane, sequence)\n  select\n    m.id, j.endpoint, m.next_replay, j.tenant, :shard!, m.lane,\n    c.tail_sequence - c.added + row_number() over (partition by m.lane order by m.place)\n  from matching m\n    cross join job j\n    left join changed_lanes c on c.id = m.lane\n  where m.is_new\n  returning lane\n),\nprogress as (\n  update replay_shards s\n  set\n    after_sequence = coalesce(r.accept_seq, s.after_sequence),\n    applied = s.applied + (select count(*) from replayed) + (select count(*) from added),\n    finished_at = case\n      -- Nothing behind it, or all that follows was minted after the range, by any clock.\n      when (select count(*) from matching) < :changed! and (\n        (select count(*) from scanned) < :scanned! or not exists (select from scanned where id < j.end_id)\n      ) then now()\n    end\n  from job j\n    left join reached r on true\n  where s.replay = :replay! and s.shard = :shard!\n  returning s.finished_at\n)\nselect\n  (select count(*) from fence)::integer = 1 as held,\n  -- Nothing left to do, or finished before.\n  (select count(*) from progress where finished_at is null)::integer = 0 as finished,\n  array(select id from changed_lanes) as lanes,\n  (select count(*) from replayed where lane is null)::integer\n    + (select count(*) from added where lane is null)::integer as unordered"};

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
 *     s.after_sequence, r.tenant, r.endpoint, r.entity, r.type, r.accepted_from, r.accepted_to, r.created_at,
 *     uuid_floor(r.accepted_to + interval '1 hour') as end_id,
 *     p.deleted_at is not null as deleted
 *   from fence f
 *     join replay_shards s on s.shard = f.shard and s.replay = :replay!
 *     join replays r on r.id = s.replay
 *     join endpoints p on p.id = r.endpoint
 *   where s.finished_at is null
 *   for no key update of s
 * ),
 * scanned as materialized (
 *   select e.*, row_number() over (order by e.accept_seq) as place
 *   from job j
 *     cross join lateral (
 *       select id, tenant, accept_seq, accepted_at, type, entity
 *       from events
 *       where events.shard = :shard! and events.id >= :firstId! and events.accept_seq > j.after_sequence
 *       order by events.accept_seq
 *       limit :scanned!
 *     ) e
 *   where not j.deleted
 * ),
 * covered as materialized (
 *   select s.id, array[s.id] as event_ids, s.place
 *   from scanned s
 *     cross join job j
 *   where
 *     s.tenant = j.tenant and s.accepted_at >= j.accepted_from and s.accepted_at < j.accepted_to
 *     and s.entity = coalesce(j.entity, s.entity) and s.type = coalesce(j.type, s.type)
 * ),
 * matching as materialized (
 *   select c.id, c.event_ids, c.place, d.*
 *   from covered c
 *     cross join job j
 *     cross join lateral (
 *       select
 *         max(replay) + 1 as next_replay, max(lane) as lane,
 *         bool_and(status in ('delivered', 'discarded') and finished_at <= j.created_at)
 *           and (array_agg(status order by replay desc))[1] = 'delivered' as is_new,
 *         array_agg(replay) filter (where status = 'dead' and finished_at <= j.created_at) as dead
 *       from deliveries
 *       where deliveries.event_id = any(c.event_ids) and deliveries.event_id >= :firstId! and deliveries.endpoint = j.endpoint
 *       offset 0
 *     ) d
 *   where d.is_new or d.dead is not null
 *   order by c.place
 *   limit :changed!
 * ),
 * reached as (
 *   select s.accept_seq
 *   from scanned s
 *   where s.place = case
 *     when (select count(*) from matching) = :changed! then (select max(place) from matching)
 *     else (select max(place) from scanned)
 *   end
 * ),
 * replayed as (
 *   update deliveries d
 *   set status = 'pending', replayed_attempts = d.attempts, dead_reason = null, finished_at = null, next_attempt_at = null
 *   from matching m
 *     cross join job j
 *   where d.event_id = any(m.event_ids) and d.event_id >= :firstId! and d.endpoint = j.endpoint and d.replay = any(m.dead) and d.status = 'dead'
 *   returning d.lane, d.sequence
 * ),
 * by_lane as (
 *   select lane, sum(replays)::integer as replays, sum(added)::integer as added
 *   from (
 *       select lane, 1 as replays, 0 as added from replayed
 *       union all
 *       select lane, 0, 1 from matching where is_new
 *     ) x
 *   where lane is not null
 *   group by lane
 * ),
 * locked as (
 *   -- In the order in which admissions and outcomes lock lanes.
 *   select l.id, exists (select from replayed r where r.lane = l.id and r.sequence = l.halted_sequence) as resumes
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
 *     halted_sequence = case when k.resumes then null else l.halted_sequence end,
 *     marked_at = case when k.resumes then now() else l.marked_at end
 *   from by_lane b
 *     join locked k on k.id = b.lane
 *   where l.id = b.lane
 *   returning l.id, l.tail_sequence, b.added
 * ),
 * added as (
 *   insert into deliveries (event_id, endpoint, replay, tenant, shard, lane, sequence)
 *   select
 *     m.id, j.endpoint, m.next_replay, j.tenant, :shard!, m.lane,
 *     c.tail_sequence - c.added + row_number() over (partition by m.lane order by m.place)
 *   from matching m
 *     cross join job j
 *     left join changed_lanes c on c.id = m.lane
 *   where m.is_new
 *   returning lane
 * ),
 * progress as (
 *   update replay_shards s
 *   set
 *     after_sequence = coalesce(r.accept_seq, s.after_sequence),
 *     applied = s.applied + (select count(*) from replayed) + (select count(*) from added),
 *     finished_at = case
 *       -- Nothing behind it, or all that follows was minted after the range, by any clock.
 *       when (select count(*) from matching) < :changed! and (
 *         (select count(*) from scanned) < :scanned! or not exists (select from scanned where id < j.end_id)
 *       ) then now()
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
 *   (select count(*) from replayed where lane is null)::integer
 *     + (select count(*) from added where lane is null)::integer as unordered
 * ```
 */
export const replayPastEvents = new PreparedQuery<IReplayPastEventsParams,IReplayPastEventsResult>(replayPastEventsIR);


