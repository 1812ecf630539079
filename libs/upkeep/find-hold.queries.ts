/** Types generated for queries found in "libs/upkeep/find-hold.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'FindHold' parameters type */
export interface IFindHoldParams {
  endId: string;
  firstId: string;
}

/** 'FindHold' return type */
export interface IFindHoldResult {
  hold: string | null;
}

/** 'FindHold' query type */
export interface IFindHoldQuery {
  params: IFindHoldParams;
  result: IFindHoldResult;
}

const findHoldIR: any = {"usedParamSet":{"firstId":true,"endId":true},"params":[{"name":"firstId","required":true,"transform":{"type":"scalar"},"locs":[{"a":79,"b":87},{"a":410,"b":418},{"a":548,"b":556},{"a":968,"b":976},{"a":1233,"b":1241},{"a":1368,"b":1376},{"a":1531,"b":1539},{"a":1883,"b":1891},{"a":2070,"b":2078},{"a":2196,"b":2204},{"a":2324,"b":2332},{"a":2413,"b":2421},{"a":2578,"b":2586},{"a":2737,"b":2745},{"a":2872,"b":2880},{"a":2990,"b":2998}]},{"name":"endId","required":true,"transform":{"type":"scalar"},"locs":[{"a":104,"b":110},{"a":437,"b":443},{"a":573,"b":579},{"a":995,"b":1001},{"a":1260,"b":1266},{"a":1389,"b":1395},{"a":1556,"b":1562},{"a":1799,"b":1805},{"a":1904,"b":1910},{"a":2091,"b":2097},{"a":2223,"b":2229},{"a":2343,"b":2349},{"a":2438,"b":2444},{"a":2603,"b":2609},{"a":2762,"b":2768},{"a":2897,"b":2903},{"a":3015,"b":3021}]}],"statement":"select\n  case\n    when exists (\n      select from deliveries where event_id >= :firstId! and event_id < :endId! and status = 'pending'\n    ) then 'pending'\n    when exists (\n      select\n      from lanes l\n        join deliveries d\n          on d.shard = l.shard and coalesce(d.lane, 0) = l.id and coalesce(d.sequence, 0) = l.halted_sequence\n      where l.halted_sequence is not null\n        and d.event_id >= :firstId! and d.event_id < :endId! and d.status = 'dead'\n    ) then 'halted'\n    when exists (\n      select from outbox where event_id >= :firstId! and event_id < :endId!\n    ) or exists (\n      select\n      from (\n        select\n          case\n            when topic = 'dlq' then substring(headers ->> 'ce_id' from '^evt_([0-9a-f]{32})$')\n            when topic like 'retry.%' then substring(convert_from(value, 'UTF8') from '\"eventId\" *: *\"([0-9a-f-]{36})\"')\n          end::uuid as event_id\n        from dispatch_outbox\n      ) o\n      where o.event_id >= :firstId! and o.event_id < :endId!\n    ) then 'relaying'\n    when exists (\n      select\n      from replay_shards s\n        join replays r on r.id = s.replay\n      where s.finished_at is null\n        and case\n          when r.event_id is not null then r.event_id >= :firstId! and r.event_id < :endId!\n          when r.delivered then exists (\n            select from events e\n            where e.id >= :firstId! and e.id < :endId! and e.shard = s.shard and e.accept_seq > s.after_sequence\n          )\n          else exists (select from deliveries where event_id >= :firstId! and event_id < :endId! and status = 'dead')\n        end\n    ) then 'replaying'\n    when exists (\n      select\n      from catch_up_shards s\n        join catch_ups c on c.endpoint = s.endpoint\n      where s.finished_at is null and catch_up_floor(c.first_at) < :endId!\n        and exists (\n          select from events e\n          where e.id >= :firstId! and e.id < :endId! and e.shard = s.shard and e.accept_seq > s.position\n        )\n    ) then 'catching_up'\n    when exists (\n      select\n      from events e\n      where e.id >= :firstId! and e.id < :endId!\n        and not exists (\n          select from inbox i where i.event_id = e.id and i.event_id >= :firstId! and i.event_id < :endId!\n        )\n    ) then 'not_admitted'\n    when (\n      select count(*) from events where id >= :firstId! and id < :endId!\n    ) <> (\n      select count(*) from inbox where event_id >= :firstId! and event_id < :endId!\n    ) or (\n      select coalesce(sum(routes * (uuid_hash_extended(event_id, 0) >> 16)), 0)\n      from inbox\n      where event_id >= :firstId! and event_id < :endId!\n    ) <> (\n      select coalesce(sum(uuid_hash_extended(event_id, 0) >> 16), 0)\n      from deliveries\n      where event_id >= :firstId! and event_id < :endId! and replay = 0 and caught_up is null\n    ) or (\n      select count(*) from attempts where event_id >= :firstId! and event_id < :endId!\n    ) <> (\n      select coalesce(sum(attempts), 0) from deliveries where event_id >= :firstId! and event_id < :endId!\n    ) then 'unbalanced'\n  end as hold"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   case
 *     when exists (
 *       select from deliveries where event_id >= :firstId! and event_id < :endId! and status = 'pending'
 *     ) then 'pending'
 *     when exists (
 *       select
 *       from lanes l
 *         join deliveries d
 *           on d.shard = l.shard and coalesce(d.lane, 0) = l.id and coalesce(d.sequence, 0) = l.halted_sequence
 *       where l.halted_sequence is not null
 *         and d.event_id >= :firstId! and d.event_id < :endId! and d.status = 'dead'
 *     ) then 'halted'
 *     when exists (
 *       select from outbox where event_id >= :firstId! and event_id < :endId!
 *     ) or exists (
 *       select
 *       from (
 *         select
 *           case
 *             when topic = 'dlq' then substring(headers ->> 'ce_id' from '^evt_([0-9a-f]{32})$')
 *             when topic like 'retry.%' then substring(convert_from(value, 'UTF8') from '"eventId" *: *"([0-9a-f-]{36})"')
 *           end::uuid as event_id
 *         from dispatch_outbox
 *       ) o
 *       where o.event_id >= :firstId! and o.event_id < :endId!
 *     ) then 'relaying'
 *     when exists (
 *       select
 *       from replay_shards s
 *         join replays r on r.id = s.replay
 *       where s.finished_at is null
 *         and case
 *           when r.event_id is not null then r.event_id >= :firstId! and r.event_id < :endId!
 *           when r.delivered then exists (
 *             select from events e
 *             where e.id >= :firstId! and e.id < :endId! and e.shard = s.shard and e.accept_seq > s.after_sequence
 *           )
 *           else exists (select from deliveries where event_id >= :firstId! and event_id < :endId! and status = 'dead')
 *         end
 *     ) then 'replaying'
 *     when exists (
 *       select
 *       from catch_up_shards s
 *         join catch_ups c on c.endpoint = s.endpoint
 *       where s.finished_at is null and catch_up_floor(c.first_at) < :endId!
 *         and exists (
 *           select from events e
 *           where e.id >= :firstId! and e.id < :endId! and e.shard = s.shard and e.accept_seq > s.position
 *         )
 *     ) then 'catching_up'
 *     when exists (
 *       select
 *       from events e
 *       where e.id >= :firstId! and e.id < :endId!
 *         and not exists (
 *           select from inbox i where i.event_id = e.id and i.event_id >= :firstId! and i.event_id < :endId!
 *         )
 *     ) then 'not_admitted'
 *     when (
 *       select count(*) from events where id >= :firstId! and id < :endId!
 *     ) <> (
 *       select count(*) from inbox where event_id >= :firstId! and event_id < :endId!
 *     ) or (
 *       select coalesce(sum(routes * (uuid_hash_extended(event_id, 0) >> 16)), 0)
 *       from inbox
 *       where event_id >= :firstId! and event_id < :endId!
 *     ) <> (
 *       select coalesce(sum(uuid_hash_extended(event_id, 0) >> 16), 0)
 *       from deliveries
 *       where event_id >= :firstId! and event_id < :endId! and replay = 0 and caught_up is null
 *     ) or (
 *       select count(*) from attempts where event_id >= :firstId! and event_id < :endId!
 *     ) <> (
 *       select coalesce(sum(attempts), 0) from deliveries where event_id >= :firstId! and event_id < :endId!
 *     ) then 'unbalanced'
 *   end as hold
 * ```
 */
export const findHold = new PreparedQuery<IFindHoldParams,IFindHoldResult>(findHoldIR);


