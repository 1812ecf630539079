/** Types generated for queries found in "libs/manage/lanes/find-lane.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type endpoint_status = 'active' | 'disabled' | 'paused';

/** 'FindLane' parameters type */
export interface IFindLaneParams {
  endpoint: string;
  entity: string;
  tenant: string;
}

/** 'FindLane' return type */
export interface IFindLaneResult {
  depth: number;
  endpoint: number;
  endpointId: string;
  endpointStatus: endpoint_status;
  entity: string;
  headAttempts: number | null;
  headDeadReason: string | null;
  headEvent: string | null;
  headReplay: number | null;
  headSequence: number | null;
  id: number;
  isHeldByBreaker: boolean;
  isRateLimited: boolean;
  nextAttemptAt: Date | null;
  oldestAt: Date | null;
  place: number;
  state: string;
}

/** 'FindLane' query type */
export interface IFindLaneQuery {
  params: IFindLaneParams;
  result: IFindLaneResult;
}

const findLaneIR: any = {"usedParamSet":{"entity":true,"endpoint":true,"tenant":true},"params":[{"name":"entity","required":true,"transform":{"type":"scalar"},"locs":[{"a":769,"b":776}]},{"name":"endpoint","required":true,"transform":{"type":"scalar"},"locs":[{"a":1862,"b":1871}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":1888,"b":1895}]}],"statement":"select\n  l.id, p.public_id as \"endpointId\", l.endpoint, l.entity,\n  lane_state(l.paused, l.halted_sequence, n.depth, p.status, greatest(h.next_attempt_at, k.holds_until), r.limited) as \"state!\",\n  k.holds_until is not null and coalesce(h.next_attempt_at <= now(), true) as \"isHeldByBreaker!\",\n  r.limited and coalesce(h.next_attempt_at <= now(), true) as \"isRateLimited!\",\n  p.status as \"endpointStatus\", n.depth as \"depth!\", f.created_at as \"oldestAt?\",\n  coalesce(l.halted_sequence, f.sequence) as \"headSequence\", h.event_id as \"headEvent?\", h.replay as \"headReplay?\",\n  h.attempts as \"headAttempts?\", h.next_attempt_at as \"nextAttemptAt?\", h.dead_reason as \"headDeadReason?\", 0::float8 as \"place!\"\nfrom endpoints p\n  join lanes l on l.endpoint = p.id and l.entity = :entity!\n  cross join lateral (select l.tail_sequence - l.closed_sequence + l.replays as depth) n\n  cross join lateral (select exists (select from rate_limited_endpoints where endpoint = p.id) as limited) r\n  left join lateral (\n    select timestamptz 'infinity' as holds_until from endpoint_breakers where endpoint = l.endpoint and state <> 'closed'\n  ) k on true\n  left join lateral (\n    select d.event_id, d.replay, d.sequence, d.attempts, d.next_attempt_at, d.dead_reason, d.created_at\n    from deliveries d\n    where d.status = 'pending' and d.shard = l.shard and d.lane = l.id\n    order by d.sequence\n    limit 1\n  ) f on true\n  left join lateral (\n    select f.event_id, f.replay, f.attempts, f.next_attempt_at, f.dead_reason\n    where l.halted_sequence is null\n    union all\n    select d.event_id, d.replay, d.attempts, d.next_attempt_at, d.dead_reason\n    from deliveries d\n    where\n      d.status = 'dead' and l.halted_sequence is not null and d.shard = l.shard and coalesce(d.lane, 0) = l.id\n      and coalesce(d.sequence, 0) = l.halted_sequence\n  ) h on true\nwhere p.public_id = :endpoint! and p.tenant = :tenant! and p.deleted_at is null"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   l.id, p.public_id as "endpointId", l.endpoint, l.entity,
 *   lane_state(l.paused, l.halted_sequence, n.depth, p.status, greatest(h.next_attempt_at, k.holds_until), r.limited) as "state!",
 *   k.holds_until is not null and coalesce(h.next_attempt_at <= now(), true) as "isHeldByBreaker!",
 *   r.limited and coalesce(h.next_attempt_at <= now(), true) as "isRateLimited!",
 *   p.status as "endpointStatus", n.depth as "depth!", f.created_at as "oldestAt?",
 *   coalesce(l.halted_sequence, f.sequence) as "headSequence", h.event_id as "headEvent?", h.replay as "headReplay?",
 *   h.attempts as "headAttempts?", h.next_attempt_at as "nextAttemptAt?", h.dead_reason as "headDeadReason?", 0::float8 as "place!"
 * from endpoints p
 *   join lanes l on l.endpoint = p.id and l.entity = :entity!
 *   cross join lateral (select l.tail_sequence - l.closed_sequence + l.replays as depth) n
 *   cross join lateral (select exists (select from rate_limited_endpoints where endpoint = p.id) as limited) r
 *   left join lateral (
 *     select timestamptz 'infinity' as holds_until from endpoint_breakers where endpoint = l.endpoint and state <> 'closed'
 *   ) k on true
 *   left join lateral (
 *     select d.event_id, d.replay, d.sequence, d.attempts, d.next_attempt_at, d.dead_reason, d.created_at
 *     from deliveries d
 *     where d.status = 'pending' and d.shard = l.shard and d.lane = l.id
 *     order by d.sequence
 *     limit 1
 *   ) f on true
 *   left join lateral (
 *     select f.event_id, f.replay, f.attempts, f.next_attempt_at, f.dead_reason
 *     where l.halted_sequence is null
 *     union all
 *     select d.event_id, d.replay, d.attempts, d.next_attempt_at, d.dead_reason
 *     from deliveries d
 *     where
 *       d.status = 'dead' and l.halted_sequence is not null and d.shard = l.shard and coalesce(d.lane, 0) = l.id
 *       and coalesce(d.sequence, 0) = l.halted_sequence
 *   ) h on true
 * where p.public_id = :endpoint! and p.tenant = :tenant! and p.deleted_at is null
 * ```
 */
export const findLane = new PreparedQuery<IFindLaneParams,IFindLaneResult>(findLaneIR);


