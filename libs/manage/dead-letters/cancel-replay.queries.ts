/** Types generated for queries found in "libs/manage/dead-letters/cancel-replay.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'CancelReplay' parameters type */
export interface ICancelReplayParams {
  by: string;
  id: string;
  subject: string;
  tenant: string;
}

/** 'CancelReplay' return type */
export interface ICancelReplayResult {
  cancelled: boolean;
}

/** 'CancelReplay' query type */
export interface ICancelReplayQuery {
  params: ICancelReplayParams;
  result: ICancelReplayResult;
}

const cancelReplayIR: any = {"usedParamSet":{"id":true,"tenant":true,"subject":true,"by":true},"params":[{"name":"id","required":true,"transform":{"type":"scalar"},"locs":[{"a":78,"b":81}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":96,"b":103}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":824,"b":832}]},{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":948,"b":951}]}],"statement":"with found as (\n  select id, tenant, cancelled_at\n  from replays\n  where id = :id! and tenant = :tenant!\n  for no key update\n),\nopen as (\n  select s.replay, s.shard\n  from found f\n    join replay_shards s on s.replay = f.id\n  where s.finished_at is null and f.cancelled_at is null\n  order by s.shard\n  for no key update of s\n),\nended as (\n  update replay_shards s\n  set finished_at = now()\n  from open o\n  where s.replay = o.replay and s.shard = o.shard\n  returning s.applied\n),\ncancelled as (\n  update replays r\n  set cancelled_at = now()\n  from found f\n  where r.id = f.id and exists (select from ended)\n  returning r.tenant\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)\n  select c.tenant, by.type, by.id, by.name, by.\"requestId\", 'replay.cancelled', :subject!, jsonb_build_object('openShards', (select count(*) from ended))\n  from cancelled c\n    cross join jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n)\nselect exists (select from cancelled) or f.cancelled_at is not null as \"cancelled!\" from found f"};

/**
 * Query generated from SQL:
 * ```
 * with found as (
 *   select id, tenant, cancelled_at
 *   from replays
 *   where id = :id! and tenant = :tenant!
 *   for no key update
 * ),
 * open as (
 *   select s.replay, s.shard
 *   from found f
 *     join replay_shards s on s.replay = f.id
 *   where s.finished_at is null and f.cancelled_at is null
 *   order by s.shard
 *   for no key update of s
 * ),
 * ended as (
 *   update replay_shards s
 *   set finished_at = now()
 *   from open o
 *   where s.replay = o.replay and s.shard = o.shard
 *   returning s.applied
 * ),
 * cancelled as (
 *   update replays r
 *   set cancelled_at = now()
 *   from found f
 *   where r.id = f.id and exists (select from ended)
 *   returning r.tenant
 * ),
 * audited as (
 *   insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
 *   select c.tenant, by.type, by.id, by.name, by."requestId", 'replay.cancelled', :subject!, jsonb_build_object('openShards', (select count(*) from ended))
 *   from cancelled c
 *     cross join jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
 * )
 * select exists (select from cancelled) or f.cancelled_at is not null as "cancelled!" from found f
 * ```
 */
export const cancelReplay = new PreparedQuery<ICancelReplayParams,ICancelReplayResult>(cancelReplayIR);


