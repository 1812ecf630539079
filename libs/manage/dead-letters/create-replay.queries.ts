/** Types generated for queries found in "libs/manage/dead-letters/create-replay.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type replay_action = 'discard' | 'replay';

export type DateOrString = Date | string;

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** 'CreateReplay' parameters type */
export interface ICreateReplayParams {
  action: replay_action;
  by: string;
  endId: string;
  endpoint?: number | null | void;
  entity?: string | null | void;
  filter: Json;
  firstId: string;
  from?: DateOrString | null | void;
  id: string;
  subject: string;
  tenant: string;
  to?: DateOrString | null | void;
  type?: string | null | void;
}

/** 'CreateReplay' return type */
export interface ICreateReplayResult {
  matched: number;
}

/** 'CreateReplay' query type */
export interface ICreateReplayQuery {
  params: ICreateReplayParams;
  result: ICreateReplayResult;
}

const createReplayIR: any = {"usedParamSet":{"tenant":true,"firstId":true,"endId":true,"endpoint":true,"entity":true,"type":true,"from":true,"to":true,"action":true,"id":true,"by":true,"subject":true,"filter":true},"params":[{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":122,"b":129},{"a":953,"b":960}]},{"name":"firstId","required":true,"transform":{"type":"scalar"},"locs":[{"a":149,"b":157}]},{"name":"endId","required":true,"transform":{"type":"scalar"},"locs":[{"a":182,"b":188}]},{"name":"endpoint","required":false,"transform":{"type":"scalar"},"locs":[{"a":205,"b":213},{"a":248,"b":256},{"a":973,"b":981},{"a":1743,"b":1751}]},{"name":"entity","required":false,"transform":{"type":"scalar"},"locs":[{"a":284,"b":290},{"a":483,"b":489},{"a":984,"b":990}]},{"name":"type","required":false,"transform":{"type":"scalar"},"locs":[{"a":299,"b":303},{"a":524,"b":528},{"a":993,"b":997}]},{"name":"from","required":false,"transform":{"type":"scalar"},"locs":[{"a":312,"b":316},{"a":579,"b":583},{"a":1000,"b":1004}]},{"name":"to","required":false,"transform":{"type":"scalar"},"locs":[{"a":338,"b":340},{"a":628,"b":630},{"a":1007,"b":1009}]},{"name":"action","required":true,"transform":{"type":"scalar"},"locs":[{"a":668,"b":675},{"a":963,"b":970}]},{"name":"id","required":true,"transform":{"type":"scalar"},"locs":[{"a":947,"b":950}]},{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":1012,"b":1015},{"a":1802,"b":1805}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":1532,"b":1540}]},{"name":"filter","required":true,"transform":{"type":"scalar"},"locs":[{"a":1547,"b":1554}]}],"statement":"with matching as (\n  select d.shard, count(*) as letters\n  from deliveries d\n  where\n    d.status = 'dead' and d.tenant = :tenant! and d.event_id >= :firstId!::uuid and d.event_id < :endId!::uuid\n    and (:endpoint::integer is null or d.endpoint = :endpoint)\n    and (\n      coalesce(:entity::text, :type::text, :from::timestamptz::text, :to::timestamptz::text) is null\n      or exists (\n        select from events e\n        where\n          e.id = d.event_id and e.entity = coalesce(:entity, e.entity) and e.type = coalesce(:type, e.type)\n          and e.accepted_at >= coalesce(:from, '-infinity') and e.accepted_at < coalesce(:to, 'infinity')\n      )\n    )\n    and (:action!::replay_action = 'discard' or exists (select from endpoints p where p.id = d.endpoint and p.deleted_at is null))\n  group by d.shard\n),\nasked as (\n  insert into replays (id, tenant, action, endpoint, entity, type, accepted_from, accepted_to, actor, matched)\n  select\n    :id!, :tenant!, :action!, :endpoint, :entity, :type, :from, :to, :by!::text::jsonb ->> 'id', coalesce((select sum(letters) from matching), 0)\n  returning id, tenant, action, matched\n),\nshared as (\n  insert into replay_shards (replay, shard, tenant)\n  select a.id, m.shard, a.tenant\n  from asked a\n    cross join matching m\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)\n  select\n    tenant, by.type, by.id, by.name, by.\"requestId\", 'dead_letters.' || case action when 'replay' then 'replayed' else 'discarded' end, :subject!,\n    :filter!::jsonb || jsonb_build_object('matched', matched) || coalesce(\n      (select jsonb_build_object('endpoint', 'ep_' || replace(public_id::text, '-', '')) from endpoints where endpoints.id = :endpoint),\n      '{}'\n    )\n  from asked, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n),\nnudged as (\n  insert into dispatch_outbox (tenant, shard, topic, value)\n  select a.tenant, m.shard, 'control', convert_to('{\"kind\":\"replay\"}', 'UTF8')\n  from asked a\n    cross join matching m\n)\nselect matched as \"matched!\" from asked"};

/**
 * Query generated from SQL:
 * ```
 * with matching as (
 *   select d.shard, count(*) as letters
 *   from deliveries d
 *   where
 *     d.status = 'dead' and d.tenant = :tenant! and d.event_id >= :firstId!::uuid and d.event_id < :endId!::uuid
 *     and (:endpoint::integer is null or d.endpoint = :endpoint)
 *     and (
 *       coalesce(:entity::text, :type::text, :from::timestamptz::text, :to::timestamptz::text) is null
 *       or exists (
 *         select from events e
 *         where
 *           e.id = d.event_id and e.entity = coalesce(:entity, e.entity) and e.type = coalesce(:type, e.type)
 *           and e.accepted_at >= coalesce(:from, '-infinity') and e.accepted_at < coalesce(:to, 'infinity')
 *       )
 *     )
 *     and (:action!::replay_action = 'discard' or exists (select from endpoints p where p.id = d.endpoint and p.deleted_at is null))
 *   group by d.shard
 * ),
 * asked as (
 *   insert into replays (id, tenant, action, endpoint, entity, type, accepted_from, accepted_to, actor, matched)
 *   select
 *     :id!, :tenant!, :action!, :endpoint, :entity, :type, :from, :to, :by!::text::jsonb ->> 'id', coalesce((select sum(letters) from matching), 0)
 *   returning id, tenant, action, matched
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
 *     tenant, by.type, by.id, by.name, by."requestId", 'dead_letters.' || case action when 'replay' then 'replayed' else 'discarded' end, :subject!,
 *     :filter!::jsonb || jsonb_build_object('matched', matched) || coalesce(
 *       (select jsonb_build_object('endpoint', 'ep_' || replace(public_id::text, '-', '')) from endpoints where endpoints.id = :endpoint),
 *       '{}'
 *     )
 *   from asked, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
 * ),
 * nudged as (
 *   insert into dispatch_outbox (tenant, shard, topic, value)
 *   select a.tenant, m.shard, 'control', convert_to('{"kind":"replay"}', 'UTF8')
 *   from asked a
 *     cross join matching m
 * )
 * select matched as "matched!" from asked
 * ```
 */
export const createReplay = new PreparedQuery<ICreateReplayParams,ICreateReplayResult>(createReplayIR);


