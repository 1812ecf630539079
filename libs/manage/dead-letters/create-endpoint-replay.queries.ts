/** Types generated for queries found in "libs/manage/dead-letters/create-endpoint-replay.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type DateOrString = Date | string;

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** 'CreateEndpointReplay' parameters type */
export interface ICreateEndpointReplayParams {
  by: string;
  dryRun: boolean;
  endId: string;
  endpoint: number;
  entity?: string | null | void;
  filter: Json;
  firstId: string;
  from: DateOrString;
  id: string;
  tenant: string;
  to: DateOrString;
  type?: string | null | void;
}

/** 'CreateEndpointReplay' return type */
export interface ICreateEndpointReplayResult {
  id: string;
  matched: number;
}

/** 'CreateEndpointReplay' query type */
export interface ICreateEndpointReplayQuery {
  params: ICreateEndpointReplayParams;
  result: ICreateEndpointReplayResult;
}

const createEndpointReplayIR: any = {"usedParamSet":{"endpoint":true,"entity":true,"type":true,"from":true,"to":true,"dryRun":true,"tenant":true,"firstId":true,"endId":true,"id":true,"by":true,"filter":true},"params":[{"name":"endpoint","required":true,"transform":{"type":"scalar"},"locs":[{"a":74,"b":83},{"a":424,"b":433},{"a":1133,"b":1142},{"a":1962,"b":1971}]},{"name":"entity","required":false,"transform":{"type":"scalar"},"locs":[{"a":86,"b":92},{"a":630,"b":636},{"a":1145,"b":1151}]},{"name":"type","required":false,"transform":{"type":"scalar"},"locs":[{"a":95,"b":99},{"a":671,"b":675},{"a":1154,"b":1158}]},{"name":"from","required":true,"transform":{"type":"scalar"},"locs":[{"a":102,"b":107},{"a":715,"b":720},{"a":1161,"b":1166}]},{"name":"to","required":true,"transform":{"type":"scalar"},"locs":[{"a":110,"b":113},{"a":742,"b":745},{"a":1169,"b":1172}]},{"name":"dryRun","required":true,"transform":{"type":"scalar"},"locs":[{"a":130,"b":137},{"a":1277,"b":1284}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":450,"b":457},{"a":1113,"b":1120}]},{"name":"firstId","required":true,"transform":{"type":"scalar"},"locs":[{"a":477,"b":485}]},{"name":"endId","required":true,"transform":{"type":"scalar"},"locs":[{"a":510,"b":516}]},{"name":"id","required":true,"transform":{"type":"scalar"},"locs":[{"a":1107,"b":1110},{"a":2321,"b":2324}]},{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":1175,"b":1178},{"a":2007,"b":2010}]},{"name":"filter","required":true,"transform":{"type":"scalar"},"locs":[{"a":1711,"b":1718}]}],"statement":"with equal as materialized (\n  select e.id, e.matched\n  from equal_replay(:endpoint!, :entity, :type, :from!, :to!) e\n  where not :dryRun!::boolean\n),\nby_event as (\n  select\n    d.event_id, d.shard, count(*) filter (where d.status = 'dead') as dead,\n    bool_and(d.status in ('delivered', 'discarded')) and (array_agg(d.status order by d.replay desc))[1] = 'delivered' as is_new\n  from deliveries d\n  where\n    d.endpoint = :endpoint! and d.tenant = :tenant! and d.event_id >= :firstId!::uuid and d.event_id < :endId!::uuid\n    and exists (\n      select from events e\n      where\n        e.id = d.event_id and e.entity = coalesce(:entity, e.entity) and e.type = coalesce(:type, e.type)\n        and e.accepted_at >= :from! and e.accepted_at < :to!\n    )\n    and not exists (select from equal)\n  group by d.event_id, d.shard\n),\nmatching as (\n  select shard, sum(dead + is_new::integer) as deliveries\n  from by_event\n  where dead > 0 or is_new\n  group by shard\n),\nasked as (\n  insert into replays (id, tenant, action, endpoint, entity, type, accepted_from, accepted_to, actor, matched, delivered)\n  select\n    :id!, :tenant!, 'replay', :endpoint!, :entity, :type, :from!, :to!, :by!::text::jsonb ->> 'id',\n    coalesce((select sum(deliveries) from matching), 0), true\n  where not :dryRun! and not exists (select from equal)\n  returning id, tenant, matched\n),\nshared as (\n  insert into replay_shards (replay, shard, tenant)\n  select a.id, m.shard, a.tenant\n  from asked a\n    cross join matching m\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)\n  select\n    a.tenant, by.type, by.id, by.name, by.\"requestId\", 'endpoint.replayed', p.subject,\n    :filter!::jsonb || jsonb_build_object('endpoint', p.subject, 'replay', 'rpl_' || replace(a.id::text, '-', ''), 'matched', a.matched)\n  from asked a\n    cross join (select 'ep_' || replace(public_id::text, '-', '') as subject from endpoints where id = :endpoint!) p\n    cross join jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n),\nnudged as (\n  insert into dispatch_outbox (tenant, shard, topic, value)\n  select a.tenant, m.shard, 'control', convert_to('{\"kind\":\"replay\"}', 'UTF8')\n  from asked a\n    cross join matching m\n)\nselect\n  coalesce((select id from equal), :id!) as \"id!\", coalesce((select matched from equal), sum(deliveries), 0)::integer as \"matched!\"\nfrom matching"};

/**
 * Query generated from SQL:
 * ```
 * with equal as materialized (
 *   select e.id, e.matched
 *   from equal_replay(:endpoint!, :entity, :type, :from!, :to!) e
 *   where not :dryRun!::boolean
 * ),
 * by_event as (
 *   select
 *     d.event_id, d.shard, count(*) filter (where d.status = 'dead') as dead,
 *     bool_and(d.status in ('delivered', 'discarded')) and (array_agg(d.status order by d.replay desc))[1] = 'delivered' as is_new
 *   from deliveries d
 *   where
 *     d.endpoint = :endpoint! and d.tenant = :tenant! and d.event_id >= :firstId!::uuid and d.event_id < :endId!::uuid
 *     and exists (
 *       select from events e
 *       where
 *         e.id = d.event_id and e.entity = coalesce(:entity, e.entity) and e.type = coalesce(:type, e.type)
 *         and e.accepted_at >= :from! and e.accepted_at < :to!
 *     )
 *     and not exists (select from equal)
 *   group by d.event_id, d.shard
 * ),
 * matching as (
 *   select shard, sum(dead + is_new::integer) as deliveries
 *   from by_event
 *   where dead > 0 or is_new
 *   group by shard
 * ),
 * asked as (
 *   insert into replays (id, tenant, action, endpoint, entity, type, accepted_from, accepted_to, actor, matched, delivered)
 *   select
 *     :id!, :tenant!, 'replay', :endpoint!, :entity, :type, :from!, :to!, :by!::text::jsonb ->> 'id',
 *     coalesce((select sum(deliveries) from matching), 0), true
 *   where not :dryRun! and not exists (select from equal)
 *   returning id, tenant, matched
 * ),
 * shared as (
 *   insert into replay_shards (replay, shard, tenant)
 *   select a.id, m.shard, a.tenant
 *   from asked a
 *     cross join matching m
 * ),
 * audited as (
 *   insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
 *   select
 *     a.tenant, by.type, by.id, by.name, by."requestId", 'endpoint.replayed', p.subject,
 *     :filter!::jsonb || jsonb_build_object('endpoint', p.subject, 'replay', 'rpl_' || replace(a.id::text, '-', ''), 'matched', a.matched)
 *   from asked a
 *     cross join (select 'ep_' || replace(public_id::text, '-', '') as subject from endpoints where id = :endpoint!) p
 *     cross join jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
 * ),
 * nudged as (
 *   insert into dispatch_outbox (tenant, shard, topic, value)
 *   select a.tenant, m.shard, 'control', convert_to('{"kind":"replay"}', 'UTF8')
 *   from asked a
 *     cross join matching m
 * )
 * select
 *   coalesce((select id from equal), :id!) as "id!", coalesce((select matched from equal), sum(deliveries), 0)::integer as "matched!"
 * from matching
 * ```
 */
export const createEndpointReplay = new PreparedQuery<ICreateEndpointReplayParams,ICreateEndpointReplayResult>(createEndpointReplayIR);


