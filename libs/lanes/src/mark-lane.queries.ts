/** Types generated for queries found in "libs/lanes/src/mark-lane.sql" */
import { PreparedQuery } from '@pgtyped/runtime';

/** 'MarkLane' parameters type */
export interface IMarkLaneParams {
  action: string;
  actor: string;
  endpoint: string;
  entity: string;
  event?: string | null | void;
  reason?: string | null | void;
  subject: string;
  tenant: string;
}

/** 'MarkLane' return type */
export interface IMarkLaneResult {
  head: number | null;
}

/** 'MarkLane' query type */
export interface IMarkLaneQuery {
  params: IMarkLaneParams;
  result: IMarkLaneResult;
}

const markLaneIR: any = {"usedParamSet":{"entity":true,"endpoint":true,"tenant":true,"event":true,"action":true,"actor":true,"subject":true,"reason":true},"params":[{"name":"entity","required":true,"transform":{"type":"scalar"},"locs":[{"a":150,"b":157}]},{"name":"endpoint","required":true,"transform":{"type":"scalar"},"locs":[{"a":181,"b":190}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":207,"b":214}]},{"name":"event","required":false,"transform":{"type":"scalar"},"locs":[{"a":624,"b":629},{"a":707,"b":712}]},{"name":"action","required":true,"transform":{"type":"scalar"},"locs":[{"a":858,"b":865},{"a":967,"b":973},{"a":1052,"b":1058},{"a":1173,"b":1179},{"a":1374,"b":1380},{"a":1477,"b":1483}]},{"name":"actor","required":true,"transform":{"type":"scalar"},"locs":[{"a":1354,"b":1360}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":1383,"b":1391}]},{"name":"reason","required":false,"transform":{"type":"scalar"},"locs":[{"a":1445,"b":1451}]}],"statement":"with lane as (\n  select l.id, l.shard, l.tenant, l.halted_sequence, l.replays\n  from endpoints p\n    join lanes l on l.endpoint = p.id and l.entity = :entity!\n  where p.public_id = :endpoint! and p.tenant = :tenant! and p.deleted_at is null\n  for no key update of l\n),\nheaded as (\n  select\n    l.id, l.shard, l.tenant,\n    case when l.halted_sequence is not null and l.replays = 0 then l.halted_sequence else (\n      select min(d.sequence) from deliveries d where d.status = 'pending' and d.shard = l.shard and d.lane = l.id\n    ) end as head\n  from lane l\n),\ntarget as (\n  select\n    h.id, h.shard, h.tenant,\n    case when :event::uuid is null or exists (\n      select from deliveries d where d.event_id = :event and d.lane = h.id and d.sequence = h.head\n    ) then h.head end as head\n  from headed h\n),\nmarked as (\n  update lanes l\n  set\n    paused = case :action!::text when 'pause' then true when 'resume' then false else l.paused end,\n    halted_sequence = case :action when 'resume' then null else l.halted_sequence end,\n    skip_sequence = case :action when 'skip' then t.head else l.skip_sequence end,\n    marked_at = now()\n  from target t\n  where l.id = t.id and (:action <> 'skip' or t.head is not null)\n  returning l.tenant, l.shard, t.head\n),\naudited as (\n  insert into audit_log (tenant, actor, action, subject, detail)\n  select\n    tenant, :actor!, 'lane.' || :action, :subject!,\n    jsonb_strip_nulls(jsonb_build_object('reason', :reason::text, 'sequence', case :action when 'skip' then head end))\n  from marked\n),\nnudged as (\n  insert into dispatch_outbox (tenant, shard, topic, value)\n  select tenant, shard, 'control', convert_to('{\"kind\":\"lane_marked\"}', 'UTF8') from marked\n)\nselect head from target"};

/**
 * Query generated from SQL:
 * ```
 * with lane as (
 *   select l.id, l.shard, l.tenant, l.halted_sequence, l.replays
 *   from endpoints p
 *     join lanes l on l.endpoint = p.id and l.entity = :entity!
 *   where p.public_id = :endpoint! and p.tenant = :tenant! and p.deleted_at is null
 *   for no key update of l
 * ),
 * headed as (
 *   select
 *     l.id, l.shard, l.tenant,
 *     case when l.halted_sequence is not null and l.replays = 0 then l.halted_sequence else (
 *       select min(d.sequence) from deliveries d where d.status = 'pending' and d.shard = l.shard and d.lane = l.id
 *     ) end as head
 *   from lane l
 * ),
 * target as (
 *   select
 *     h.id, h.shard, h.tenant,
 *     case when :event::uuid is null or exists (
 *       select from deliveries d where d.event_id = :event and d.lane = h.id and d.sequence = h.head
 *     ) then h.head end as head
 *   from headed h
 * ),
 * marked as (
 *   update lanes l
 *   set
 *     paused = case :action!::text when 'pause' then true when 'resume' then false else l.paused end,
 *     halted_sequence = case :action when 'resume' then null else l.halted_sequence end,
 *     skip_sequence = case :action when 'skip' then t.head else l.skip_sequence end,
 *     marked_at = now()
 *   from target t
 *   where l.id = t.id and (:action <> 'skip' or t.head is not null)
 *   returning l.tenant, l.shard, t.head
 * ),
 * audited as (
 *   insert into audit_log (tenant, actor, action, subject, detail)
 *   select
 *     tenant, :actor!, 'lane.' || :action, :subject!,
 *     jsonb_strip_nulls(jsonb_build_object('reason', :reason::text, 'sequence', case :action when 'skip' then head end))
 *   from marked
 * ),
 * nudged as (
 *   insert into dispatch_outbox (tenant, shard, topic, value)
 *   select tenant, shard, 'control', convert_to('{"kind":"lane_marked"}', 'UTF8') from marked
 * )
 * select head from target
 * ```
 */
export const markLane = new PreparedQuery<IMarkLaneParams,IMarkLaneResult>(markLaneIR);


