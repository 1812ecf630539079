/** Types generated for queries found in "libs/flow/ingest/requeue-event.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'RequeueEvent' parameters type */
export interface IRequeueEventParams {
  actor: string;
  by: string;
  event: string;
  id: string;
  replay: string;
  subject: string;
  tenant: string;
}

/** 'RequeueEvent' return type */
export interface IRequeueEventResult {
  matched: number;
}

/** 'RequeueEvent' query type */
export interface IRequeueEventQuery {
  params: IRequeueEventParams;
  result: IRequeueEventResult;
}

const requeueEventIR: any = {"usedParamSet":{"event":true,"tenant":true,"id":true,"actor":true,"subject":true,"replay":true,"by":true},"params":[{"name":"event","required":true,"transform":{"type":"scalar"},"locs":[{"a":66,"b":72}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":93,"b":100}]},{"name":"id","required":true,"transform":{"type":"scalar"},"locs":[{"a":1161,"b":1164}]},{"name":"actor","required":true,"transform":{"type":"scalar"},"locs":[{"a":1193,"b":1199}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":1792,"b":1800}]},{"name":"replay","required":true,"transform":{"type":"scalar"},"locs":[{"a":1836,"b":1843}]},{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":1920,"b":1923}]}],"statement":"with event as (\n  select id, tenant, shard from events where id = :event!::uuid and tenant = :tenant!\n),\nearlier as (\n  select coalesce(max(r.requeue), 0) as last, max(r.created_at) filter (where o.is_open) as open_since\n  from event e\n    join replays r on r.event_id = e.id and r.requeue is not null\n    -- In a CASE, so that no plan reads the index of all open replays; or of all dead deliveries, below.\n    cross join lateral (\n      select exists (\n        select from replay_shards h where h.replay = r.id and case when h.finished_at is null then true end offset 0\n      ) as is_open\n    ) o\n),\nstate as (\n  select count(*)::integer as dead\n  from event e\n    cross join earlier r\n    join deliveries d on d.event_id = e.id\n    join endpoints p on p.id = d.endpoint\n  where\n    case when d.status = 'dead' then p.deleted_at is null end\n    -- What died earlier is part of the open requeue.\n    and d.finished_at > coalesce(r.open_since, '-infinity')\n),\nasked as (\n  insert into replays (id, tenant, action, event_id, actor, matched, created_at, requeue)\n  select\n    -- Not now(), which may be before the death of a delivery that this statement sees.\n    :id!, e.tenant, 'replay', e.id, :actor!, s.dead, clock_timestamp(), r.last + 1\n  from event e\n    cross join earlier r\n    cross join state s\n  where s.dead > 0\n  on conflict (event_id, requeue) where requeue is not null do nothing\n  returning id, tenant, matched, created_at\n),\nshared as (\n  insert into replay_shards (replay, shard, tenant)\n  select a.id, e.shard, a.tenant\n  from asked a\n    cross join event e\n),\naudited as (\n  insert into audit_log (tenant, at, actor_type, actor, actor_name, request_id, action, subject, detail)\n  select\n    a.tenant, a.created_at, by.type, by.id, by.name, by.\"requestId\", 'event.requeued', :subject!,\n    jsonb_build_object('replay', :replay!::text, 'matched', a.matched)\n  from asked a\n    cross join jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n),\nnudged as (\n  insert into dispatch_outbox (tenant, shard, topic, value)\n  select a.tenant, e.shard, 'control', convert_to('{\"kind\":\"replay\"}', 'UTF8')\n  from asked a\n    cross join event e\n)\nselect matched as \"matched!\" from asked"};

/**
 * Query generated from SQL:
 * ```
 * with event as (
 *   select id, tenant, shard from events where id = :event!::uuid and tenant = :tenant!
 * ),
 * earlier as (
 *   select coalesce(max(r.requeue), 0) as last, max(r.created_at) filter (where o.is_open) as open_since
 *   from event e
 *     join replays r on r.event_id = e.id and r.requeue is not null
 *     -- In a CASE, so that no plan reads the index of all open replays; or of all dead deliveries, below.
 *     cross join lateral (
 *       select exists (
 *         select from replay_shards h where h.replay = r.id and case when h.finished_at is null then true end offset 0
 *       ) as is_open
 *     ) o
 * ),
 * state as (
 *   select count(*)::integer as dead
 *   from event e
 *     cross join earlier r
 *     join deliveries d on d.event_id = e.id
 *     join endpoints p on p.id = d.endpoint
 *   where
 *     case when d.status = 'dead' then p.deleted_at is null end
 *     -- What died earlier is part of the open requeue.
 *     and d.finished_at > coalesce(r.open_since, '-infinity')
 * ),
 * asked as (
 *   insert into replays (id, tenant, action, event_id, actor, matched, created_at, requeue)
 *   select
 *     -- Not now(), which may be before the death of a delivery that this statement sees.
 *     :id!, e.tenant, 'replay', e.id, :actor!, s.dead, clock_timestamp(), r.last + 1
 *   from event e
 *     cross join earlier r
 *     cross join state s
 *   where s.dead > 0
 *   on conflict (event_id, requeue) where requeue is not null do nothing
 *   returning id, tenant, matched, created_at
 * ),
 * shared as (
 *   insert into replay_shards (replay, shard, tenant)
 *   select a.id, e.shard, a.tenant
 *   from asked a
 *     cross join event e
 * ),
 * audited as (
 *   insert into audit_log (tenant, at, actor_type, actor, actor_name, request_id, action, subject, detail)
 *   select
 *     a.tenant, a.created_at, by.type, by.id, by.name, by."requestId", 'event.requeued', :subject!,
 *     jsonb_build_object('replay', :replay!::text, 'matched', a.matched)
 *   from asked a
 *     cross join jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
 * ),
 * nudged as (
 *   insert into dispatch_outbox (tenant, shard, topic, value)
 *   select a.tenant, e.shard, 'control', convert_to('{"kind":"replay"}', 'UTF8')
 *   from asked a
 *     cross join event e
 * )
 * select matched as "matched!" from asked
 * ```
 */
export const requeueEvent = new PreparedQuery<IRequeueEventParams,IRequeueEventResult>(requeueEventIR);


