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
  subject: string;
  tenant: string;
  to: DateOrString;
  type?: string | null | void;
}

/** 'CreateEndpointReplay' return type */
export interface ICreateEndpointReplayResult {
  matched: number;
}

/** 'CreateEndpointReplay' query type */
export interface ICreateEndpointReplayQuery {
  params: ICreateEndpointReplayParams;
  result: ICreateEndpointReplayResult;
}

const createEndpointReplayIR: any = {"usedParamSet":{"endpoint":true,"tenant":true,"firstId":true,"endId":true,"entity":true,"type":true,"from":true,"to":true,"id":true,"by":true,"dryRun":true,"subject":true,"filter":true},"params":[{"name":"endpoint","required":true,"transform":{"type":"scalar"},"locs":[{"a":278,"b":287},{"a":948,"b":957}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":304,"b":311},{"a":928,"b":935}]},{"name":"firstId","required":true,"transform":{"type":"scalar"},"locs":[{"a":331,"b":339}]},{"name":"endId","required":true,"transform":{"type":"scalar"},"locs":[{"a":364,"b":370}]},{"name":"entity","required":false,"transform":{"type":"scalar"},"locs":[{"a":484,"b":490},{"a":960,"b":966}]},{"name":"type","required":false,"transform":{"type":"scalar"},"locs":[{"a":525,"b":529},{"a":969,"b":973}]},{"name":"from","required":true,"transform":{"type":"scalar"},"locs":[{"a":569,"b":574},{"a":976,"b":981}]},{"name":"to","required":true,"transform":{"type":"scalar"},"locs":[{"a":596,"b":599},{"a":984,"b":987}]},{"name":"id","required":true,"transform":{"type":"scalar"},"locs":[{"a":922,"b":925}]},{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":990,"b":993},{"a":1586,"b":1589}]},{"name":"dryRun","required":true,"transform":{"type":"scalar"},"locs":[{"a":1092,"b":1099}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":1483,"b":1491}]},{"name":"filter","required":true,"transform":{"type":"scalar"},"locs":[{"a":1498,"b":1505}]}],"statement":"with by_event as (\n  select\n    d.event_id, d.shard, count(*) filter (where d.status = 'dead') as dead,\n    bool_and(d.status in ('delivered', 'discarded')) and (array_agg(d.status order by d.replay desc))[1] = 'delivered' as is_new\n  from deliveries d\n  where\n    d.endpoint = :endpoint! and d.tenant = :tenant! and d.event_id >= :firstId!::uuid and d.event_id < :endId!::uuid\n    and exists (\n      select from events e\n      where\n        e.id = d.event_id and e.entity = coalesce(:entity, e.entity) and e.type = coalesce(:type, e.type)\n        and e.accepted_at >= :from! and e.accepted_at < :to!\n    )\n  group by d.event_id, d.shard\n),\nmatching as (\n  select shard, sum(dead + is_new::integer) as deliveries\n  from by_event\n  where dead > 0 or is_new\n  group by shard\n),\nasked as (\n  insert into replays (id, tenant, action, endpoint, entity, type, accepted_from, accepted_to, actor, matched, delivered)\n  select\n    :id!, :tenant!, 'replay', :endpoint!, :entity, :type, :from!, :to!, :by!::text::jsonb ->> 'id',\n    coalesce((select sum(deliveries) from matching), 0), true\n  where not :dryRun!::boolean\n  returning id, tenant, matched\n),\nshared as (\n  insert into replay_shards (replay, shard, tenant)\n  select a.id, m.shard, a.tenant\n  from asked a\n    cross join matching m\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)\n  select\n    tenant, by.type, by.id, by.name, by.\"requestId\", 'endpoint.replayed', :subject!,\n    :filter!::jsonb || jsonb_build_object('matched', matched)\n  from asked, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n),\nnudged as (\n  insert into dispatch_outbox (tenant, shard, topic, value)\n  select a.tenant, m.shard, 'control', convert_to('{\"kind\":\"replay\"}', 'UTF8')\n  from asked a\n    cross join matching m\n)\nselect coalesce(sum(deliveries), 0)::integer as \"matched!\" from matching"};

/**
 * Query generated from SQL:
 * ```
 * with by_event as (
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
 *   where not :dryRun!::boolean
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
 *     tenant, by.type, by.id, by.name, by."requestId", 'endpoint.replayed', :subject!,
 *     :filter!::jsonb || jsonb_build_object('matched', matched)
 *   from asked, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
 * ),
 * nudged as (
 *   insert into dispatch_outbox (tenant, shard, topic, value)
 *   select a.tenant, m.shard, 'control', convert_to('{"kind":"replay"}', 'UTF8')
 *   from asked a
 *     cross join matching m
 * )
 * select coalesce(sum(deliveries), 0)::integer as "matched!" from matching
 * ```
 */
export const createEndpointReplay = new PreparedQuery<ICreateEndpointReplayParams,ICreateEndpointReplayResult>(createEndpointReplayIR);


