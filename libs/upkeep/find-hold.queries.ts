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

const findHoldIR: any = {"usedParamSet":{"firstId":true,"endId":true},"params":[{"name":"firstId","required":true,"transform":{"type":"scalar"},"locs":[{"a":79,"b":87},{"a":410,"b":418},{"a":548,"b":556},{"a":968,"b":976},{"a":1233,"b":1241},{"a":1332,"b":1340},{"a":1492,"b":1500},{"a":1618,"b":1626},{"a":1746,"b":1754},{"a":1835,"b":1843},{"a":2000,"b":2008},{"a":2159,"b":2167},{"a":2272,"b":2280},{"a":2390,"b":2398}]},{"name":"endId","required":true,"transform":{"type":"scalar"},"locs":[{"a":104,"b":110},{"a":437,"b":443},{"a":573,"b":579},{"a":995,"b":1001},{"a":1260,"b":1266},{"a":1357,"b":1363},{"a":1513,"b":1519},{"a":1645,"b":1651},{"a":1765,"b":1771},{"a":1860,"b":1866},{"a":2025,"b":2031},{"a":2184,"b":2190},{"a":2297,"b":2303},{"a":2415,"b":2421}]}],"statement":"select\n  case\n    when exists (\n      select from deliveries where event_id >= :firstId! and event_id < :endId! and status = 'pending'\n    ) then 'pending'\n    when exists (\n      select\n      from lanes l\n        join deliveries d\n          on d.shard = l.shard and coalesce(d.lane, 0) = l.id and coalesce(d.sequence, 0) = l.halted_sequence\n      where l.halted_sequence is not null\n        and d.event_id >= :firstId! and d.event_id < :endId! and d.status = 'dead'\n    ) then 'halted'\n    when exists (\n      select from outbox where event_id >= :firstId! and event_id < :endId!\n    ) or exists (\n      select\n      from (\n        select\n          case\n            when topic = 'dlq' then substring(headers ->> 'ce_id' from '^evt_([0-9a-f]{32})$')\n            when topic like 'retry.%' then substring(convert_from(value, 'UTF8') from '\"eventId\" *: *\"([0-9a-f-]{36})\"')\n          end::uuid as event_id\n        from dispatch_outbox\n      ) o\n      where o.event_id >= :firstId! and o.event_id < :endId!\n    ) then 'relaying'\n    when exists (\n      select\n      from replay_shards s\n        join replays r on r.id = s.replay\n      where s.finished_at is null\n        and case\n          when r.event_id is not null then r.event_id >= :firstId! and r.event_id < :endId!\n          else exists (select from deliveries where event_id >= :firstId! and event_id < :endId! and status = 'dead')\n        end\n    ) then 'replaying'\n    when exists (\n      select\n      from events e\n      where e.id >= :firstId! and e.id < :endId!\n        and not exists (\n          select from inbox i where i.event_id = e.id and i.event_id >= :firstId! and i.event_id < :endId!\n        )\n    ) then 'not_admitted'\n    when (\n      select count(*) from events where id >= :firstId! and id < :endId!\n    ) <> (\n      select count(*) from inbox where event_id >= :firstId! and event_id < :endId!\n    ) or (\n      select coalesce(sum(routes * (uuid_hash_extended(event_id, 0) >> 16)), 0)\n      from inbox\n      where event_id >= :firstId! and event_id < :endId!\n    ) <> (\n      select coalesce(sum(uuid_hash_extended(event_id, 0) >> 16), 0)\n      from deliveries\n      where event_id >= :firstId! and event_id < :endId! and replay = 0\n    ) or (\n      select count(*) from attempts where event_id >= :firstId! and event_id < :endId!\n    ) <> (\n      select coalesce(sum(attempts), 0) from deliveries where event_id >= :firstId! and event_id < :endId!\n    ) then 'unbalanced'\n  end as hold"};

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
 *           else exists (select from deliveries where event_id >= :firstId! and event_id < :endId! and status = 'dead')
 *         end
 *     ) then 'replaying'
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
 *       where event_id >= :firstId! and event_id < :endId! and replay = 0
 *     ) or (
 *       select count(*) from attempts where event_id >= :firstId! and event_id < :endId!
 *     ) <> (
 *       select coalesce(sum(attempts), 0) from deliveries where event_id >= :firstId! and event_id < :endId!
 *     ) then 'unbalanced'
 *   end as hold
 * ```
 */
export const findHold = new PreparedQuery<IFindHoldParams,IFindHoldResult>(findHoldIR);


