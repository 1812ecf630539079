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

const requeueEventIR: any = {"usedParamSet":{"event":true,"tenant":true,"id":true,"actor":true,"subject":true,"replay":true,"by":true},"params":[{"name":"event","required":true,"transform":{"type":"scalar"},"locs":[{"a":66,"b":72}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":93,"b":100}]},{"name":"id","required":true,"transform":{"type":"scalar"},"locs":[{"a":555,"b":558}]},{"name":"actor","required":true,"transform":{"type":"scalar"},"locs":[{"a":587,"b":593}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":1185,"b":1193}]},{"name":"replay","required":true,"transform":{"type":"scalar"},"locs":[{"a":1229,"b":1236}]},{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":1313,"b":1316}]}],"statement":"with event as (\n  select id, tenant, shard from events where id = :event!::uuid and tenant = :tenant!\n),\nstate as (\n  select sum(d.attempts) as attempts, count(*) filter (where d.status = 'dead' and p.deleted_at is null)::integer as dead\n  from event e\n    join deliveries d on d.event_id = e.id\n    join endpoints p on p.id = d.endpoint\n),\nasked as (\n  insert into replays (id, tenant, action, event_id, actor, matched, created_at, requeued_at_attempt)\n  select\n    -- Not now(), which may be before the death of a delivery that this statement sees.\n    :id!, e.tenant, 'replay', e.id, :actor!, s.dead, clock_timestamp(), s.attempts\n  from event e\n    cross join state s\n  where s.dead > 0\n  on conflict (event_id, requeued_at_attempt) where requeued_at_attempt is not null do nothing\n  returning id, tenant, matched, created_at\n),\nshared as (\n  insert into replay_shards (replay, shard, tenant)\n  select a.id, e.shard, a.tenant\n  from asked a\n    cross join event e\n),\naudited as (\n  insert into audit_log (tenant, at, actor_type, actor, actor_name, request_id, action, subject, detail)\n  select\n    a.tenant, a.created_at, by.type, by.id, by.name, by.\"requestId\", 'event.requeued', :subject!,\n    jsonb_build_object('replay', :replay!::text, 'matched', a.matched)\n  from asked a\n    cross join jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n),\nnudged as (\n  insert into dispatch_outbox (tenant, shard, topic, value)\n  select a.tenant, e.shard, 'control', convert_to('{\"kind\":\"replay\"}', 'UTF8')\n  from asked a\n    cross join event e\n)\nselect matched as \"matched!\" from asked"};

/**
 * Query generated from SQL:
 * ```
 * with event as (
 *   select id, tenant, shard from events where id = :event!::uuid and tenant = :tenant!
 * ),
 * state as (
 *   select sum(d.attempts) as attempts, count(*) filter (where d.status = 'dead' and p.deleted_at is null)::integer as dead
 *   from event e
 *     join deliveries d on d.event_id = e.id
 *     join endpoints p on p.id = d.endpoint
 * ),
 * asked as (
 *   insert into replays (id, tenant, action, event_id, actor, matched, created_at, requeued_at_attempt)
 *   select
 *     -- Not now(), which may be before the death of a delivery that this statement sees.
 *     :id!, e.tenant, 'replay', e.id, :actor!, s.dead, clock_timestamp(), s.attempts
 *   from event e
 *     cross join state s
 *   where s.dead > 0
 *   on conflict (event_id, requeued_at_attempt) where requeued_at_attempt is not null do nothing
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


