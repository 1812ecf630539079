/** Types generated for queries found in "libs/manage/dead-letters/create-event-replay.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'CreateEventReplay' parameters type */
export interface ICreateEventReplayParams {
  by: string;
  event: string;
  id: string;
  subject: string;
  tenant: string;
}

/** 'CreateEventReplay' return type */
export interface ICreateEventReplayResult {
  matched: number;
}

/** 'CreateEventReplay' query type */
export interface ICreateEventReplayQuery {
  params: ICreateEventReplayParams;
  result: ICreateEventReplayResult;
}

const createEventReplayIR: any = {"usedParamSet":{"event":true,"tenant":true,"id":true,"by":true,"subject":true},"params":[{"name":"event","required":true,"transform":{"type":"scalar"},"locs":[{"a":66,"b":72}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":93,"b":100}]},{"name":"id","required":true,"transform":{"type":"scalar"},"locs":[{"a":570,"b":573}]},{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":602,"b":605},{"a":1248,"b":1251}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":1111,"b":1119}]}],"statement":"with event as (\n  select id, tenant, shard from events where id = :event!::uuid and tenant = :tenant!\n),\nby_endpoint as (\n  select\n    d.endpoint,\n    count(*) filter (where d.status = 'dead') as dead,\n    bool_and(d.status in ('delivered', 'discarded')) and (array_agg(d.status order by d.replay desc))[1] = 'delivered' as is_new\n  from event e\n    join deliveries d on d.event_id = e.id\n    join endpoints p on p.id = d.endpoint and p.deleted_at is null\n  group by d.endpoint\n),\nasked as (\n  insert into replays (id, tenant, action, event_id, actor, matched)\n  select :id!, e.tenant, 'replay', e.id, :by!::text::jsonb ->> 'id', coalesce((select sum(dead + is_new::integer) from by_endpoint), 0)\n  from event e\n  returning id, tenant, event_id, matched\n),\nshared as (\n  insert into replay_shards (replay, shard, tenant)\n  select a.id, e.shard, a.tenant\n  from asked a\n    cross join event e\n  where a.matched > 0\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)\n  select\n    tenant, by.type, by.id, by.name, by.\"requestId\", 'event.replayed', :subject!,\n    jsonb_build_object('event', 'evt_' || replace(event_id::text, '-', ''), 'matched', matched)\n  from asked, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n),\nnudged as (\n  insert into dispatch_outbox (tenant, shard, topic, value)\n  select e.tenant, e.shard, 'control', convert_to('{\"kind\":\"replay\"}', 'UTF8')\n  from event e\n)\nselect matched as \"matched!\" from asked"};

/**
 * Query generated from SQL:
 * ```
 * with event as (
 *   select id, tenant, shard from events where id = :event!::uuid and tenant = :tenant!
 * ),
 * by_endpoint as (
 *   select
 *     d.endpoint,
 *     count(*) filter (where d.status = 'dead') as dead,
 *     bool_and(d.status in ('delivered', 'discarded')) and (array_agg(d.status order by d.replay desc))[1] = 'delivered' as is_new
 *   from event e
 *     join deliveries d on d.event_id = e.id
 *     join endpoints p on p.id = d.endpoint and p.deleted_at is null
 *   group by d.endpoint
 * ),
 * asked as (
 *   insert into replays (id, tenant, action, event_id, actor, matched)
 *   select :id!, e.tenant, 'replay', e.id, :by!::text::jsonb ->> 'id', coalesce((select sum(dead + is_new::integer) from by_endpoint), 0)
 *   from event e
 *   returning id, tenant, event_id, matched
 * ),
 * shared as (
 *   insert into replay_shards (replay, shard, tenant)
 *   select a.id, e.shard, a.tenant
 *   from asked a
 *     cross join event e
 *   where a.matched > 0
 * ),
 * audited as (
 *   insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
 *   select
 *     tenant, by.type, by.id, by.name, by."requestId", 'event.replayed', :subject!,
 *     jsonb_build_object('event', 'evt_' || replace(event_id::text, '-', ''), 'matched', matched)
 *   from asked, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
 * ),
 * nudged as (
 *   insert into dispatch_outbox (tenant, shard, topic, value)
 *   select e.tenant, e.shard, 'control', convert_to('{"kind":"replay"}', 'UTF8')
 *   from event e
 * )
 * select matched as "matched!" from asked
 * ```
 */
export const createEventReplay = new PreparedQuery<ICreateEventReplayParams,ICreateEventReplayResult>(createEventReplayIR);


