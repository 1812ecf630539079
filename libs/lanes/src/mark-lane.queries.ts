/** Types generated for queries found in "libs/lanes/src/mark-lane.sql" */
import { PreparedQuery } from '@pgtyped/runtime';

/** 'MarkLane' parameters type */
export interface IMarkLaneParams {
  action: string;
  actor: string;
  endpoint: string;
  entity: string;
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

const markLaneIR: any = {"usedParamSet":{"entity":true,"endpoint":true,"tenant":true,"action":true,"actor":true,"subject":true,"reason":true},"params":[{"name":"entity","required":true,"transform":{"type":"scalar"},"locs":[{"a":351,"b":358}]},{"name":"endpoint","required":true,"transform":{"type":"scalar"},"locs":[{"a":382,"b":391}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":408,"b":415}]},{"name":"action","required":true,"transform":{"type":"scalar"},"locs":[{"a":523,"b":530},{"a":632,"b":638},{"a":717,"b":723},{"a":838,"b":844},{"a":1039,"b":1045},{"a":1142,"b":1148}]},{"name":"actor","required":true,"transform":{"type":"scalar"},"locs":[{"a":1019,"b":1025}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":1048,"b":1056}]},{"name":"reason","required":false,"transform":{"type":"scalar"},"locs":[{"a":1110,"b":1116}]}],"statement":"with target as (\n  select\n    l.id, l.shard, l.tenant,\n    case when l.halted_sequence is not null and l.replays = 0 then l.halted_sequence else (\n      select min(d.sequence) from deliveries d where d.status = 'pending' and d.shard = l.shard and d.lane = l.id\n    ) end as head\n  from endpoints p\n    join lanes l on l.endpoint = p.id and l.entity = :entity!\n  where p.public_id = :endpoint! and p.tenant = :tenant! and p.deleted_at is null\n  for no key update of l\n),\nmarked as (\n  update lanes l\n  set\n    paused = case :action!::text when 'pause' then true when 'resume' then false else l.paused end,\n    halted_sequence = case :action when 'resume' then null else l.halted_sequence end,\n    skip_sequence = case :action when 'skip' then t.head else l.skip_sequence end,\n    marked_at = now()\n  from target t\n  where l.id = t.id and (:action <> 'skip' or t.head is not null)\n  returning l.tenant, l.shard, t.head\n),\naudited as (\n  insert into audit_log (tenant, actor, action, subject, detail)\n  select\n    tenant, :actor!, 'lane.' || :action, :subject!,\n    jsonb_strip_nulls(jsonb_build_object('reason', :reason::text, 'sequence', case :action when 'skip' then head end))\n  from marked\n),\nnudged as (\n  insert into dispatch_outbox (tenant, shard, topic, value)\n  select tenant, shard, 'control', convert_to('{\"kind\":\"lane_marked\"}', 'UTF8') from marked\n)\nselect head from target"};

/**
 * Query generated from SQL:
 * ```
 * with target as (
 *   select
 *     l.id, l.shard, l.tenant,
 *     case when l.halted_sequence is not null and l.replays = 0 then l.halted_sequence else (
 *       select min(d.sequence) from deliveries d where d.status = 'pending' and d.shard = l.shard and d.lane = l.id
 *     ) end as head
 *   from endpoints p
 *     join lanes l on l.endpoint = p.id and l.entity = :entity!
 *   where p.public_id = :endpoint! and p.tenant = :tenant! and p.deleted_at is null
 *   for no key update of l
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


