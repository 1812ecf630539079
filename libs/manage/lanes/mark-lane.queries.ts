/** Types generated for queries found in "libs/manage/lanes/mark-lane.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'MarkLane' parameters type */
export interface IMarkLaneParams {
  action: string;
  by: string;
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

const markLaneIR: any = {"usedParamSet":{"entity":true,"endpoint":true,"tenant":true,"event":true,"action":true,"subject":true,"reason":true,"by":true},"params":[{"name":"entity","required":true,"transform":{"type":"scalar"},"locs":[{"a":139,"b":146}]},{"name":"endpoint","required":true,"transform":{"type":"scalar"},"locs":[{"a":170,"b":179}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":196,"b":203}]},{"name":"event","required":false,"transform":{"type":"scalar"},"locs":[{"a":552,"b":557},{"a":635,"b":640}]},{"name":"action","required":true,"transform":{"type":"scalar"},"locs":[{"a":786,"b":793},{"a":895,"b":901},{"a":980,"b":986},{"a":1101,"b":1107},{"a":1375,"b":1381},{"a":1553,"b":1559}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":1459,"b":1467}]},{"name":"reason","required":false,"transform":{"type":"scalar"},"locs":[{"a":1521,"b":1527}]},{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":1620,"b":1623}]}],"statement":"with lane as (\n  select l.id, l.shard, l.tenant, l.halted_sequence\n  from endpoints p\n    join lanes l on l.endpoint = p.id and l.entity = :entity!\n  where p.public_id = :endpoint! and p.tenant = :tenant! and p.deleted_at is null\n  for no key update of l\n),\nheaded as (\n  select\n    l.id, l.shard, l.tenant,\n    coalesce(l.halted_sequence, (\n      select min(d.sequence) from deliveries d where d.status = 'pending' and d.shard = l.shard and d.lane = l.id\n    )) as head\n  from lane l\n),\ntarget as (\n  select\n    h.id, h.shard, h.tenant,\n    case when :event::uuid is null or exists (\n      select from deliveries d where d.event_id = :event and d.lane = h.id and d.sequence = h.head\n    ) then h.head end as head\n  from headed h\n),\nmarked as (\n  update lanes l\n  set\n    paused = case :action!::text when 'pause' then true when 'resume' then false else l.paused end,\n    halted_sequence = case :action when 'resume' then null else l.halted_sequence end,\n    skip_sequence = case :action when 'skip' then t.head else l.skip_sequence end,\n    marked_at = now()\n  from target t\n  where l.id = t.id and (:action <> 'skip' or t.head is not null)\n  returning l.tenant, l.shard, t.head\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)\n  select\n    tenant, by.type, by.id, by.name, by.\"requestId\", 'lane.' || case :action when 'pause' then 'paused' when 'resume' then 'resumed' else 'skipped' end, :subject!,\n    jsonb_strip_nulls(jsonb_build_object('reason', :reason::text, 'sequence', case :action when 'skip' then head end))\n  from marked, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n),\nnudged as (\n  insert into dispatch_outbox (tenant, shard, topic, value)\n  select tenant, shard, 'control', convert_to('{\"kind\":\"lane_marked\"}', 'UTF8') from marked\n)\nselect head from target"};

/**
 * Query generated from SQL:
 * ```
 * with lane as (
 *   select l.id, l.shard, l.tenant, l.halted_sequence
 *   from endpoints p
 *     join lanes l on l.endpoint = p.id and l.entity = :entity!
 *   where p.public_id = :endpoint! and p.tenant = :tenant! and p.deleted_at is null
 *   for no key update of l
 * ),
 * headed as (
 *   select
 *     l.id, l.shard, l.tenant,
 *     coalesce(l.halted_sequence, (
 *       select min(d.sequence) from deliveries d where d.status = 'pending' and d.shard = l.shard and d.lane = l.id
 *     )) as head
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
 *   insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
 *   select
 *     tenant, by.type, by.id, by.name, by."requestId", 'lane.' || case :action when 'pause' then 'paused' when 'resume' then 'resumed' else 'skipped' end, :subject!,
 *     jsonb_strip_nulls(jsonb_build_object('reason', :reason::text, 'sequence', case :action when 'skip' then head end))
 *   from marked, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
 * ),
 * nudged as (
 *   insert into dispatch_outbox (tenant, shard, topic, value)
 *   select tenant, shard, 'control', convert_to('{"kind":"lane_marked"}', 'UTF8') from marked
 * )
 * select head from target
 * ```
 */
export const markLane = new PreparedQuery<IMarkLaneParams,IMarkLaneResult>(markLaneIR);


