/** Types generated for queries found in "libs/manage/dead-letters/create-replay.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type replay_action = 'discard' | 'replay';

export type DateOrString = Date | string;

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** 'CreateReplay' parameters type */
export interface ICreateReplayParams {
  action: replay_action;
  actor: string;
  endpoint?: number | null | void;
  entity?: string | null | void;
  filter: Json;
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

const createReplayIR: any = {"usedParamSet":{"tenant":true,"endpoint":true,"entity":true,"type":true,"from":true,"to":true,"action":true,"id":true,"actor":true,"subject":true,"filter":true},"params":[{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":122,"b":129},{"a":888,"b":895}]},{"name":"endpoint","required":false,"transform":{"type":"scalar"},"locs":[{"a":140,"b":148},{"a":183,"b":191},{"a":908,"b":916}]},{"name":"entity","required":false,"transform":{"type":"scalar"},"locs":[{"a":219,"b":225},{"a":418,"b":424},{"a":919,"b":925}]},{"name":"type","required":false,"transform":{"type":"scalar"},"locs":[{"a":234,"b":238},{"a":459,"b":463},{"a":928,"b":932}]},{"name":"from","required":false,"transform":{"type":"scalar"},"locs":[{"a":247,"b":251},{"a":514,"b":518},{"a":935,"b":939}]},{"name":"to","required":false,"transform":{"type":"scalar"},"locs":[{"a":273,"b":275},{"a":563,"b":565},{"a":942,"b":944}]},{"name":"action","required":true,"transform":{"type":"scalar"},"locs":[{"a":603,"b":610},{"a":898,"b":905}]},{"name":"id","required":true,"transform":{"type":"scalar"},"locs":[{"a":882,"b":885}]},{"name":"actor","required":true,"transform":{"type":"scalar"},"locs":[{"a":947,"b":953},{"a":1284,"b":1290}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":1376,"b":1384}]},{"name":"filter","required":true,"transform":{"type":"scalar"},"locs":[{"a":1387,"b":1394}]}],"statement":"with matching as (\n  select d.shard, count(*) as letters\n  from deliveries d\n  where\n    d.status = 'dead' and d.tenant = :tenant!\n    and (:endpoint::integer is null or d.endpoint = :endpoint)\n    and (\n      coalesce(:entity::text, :type::text, :from::timestamptz::text, :to::timestamptz::text) is null\n      or exists (\n        select from events e\n        where\n          e.id = d.event_id and e.entity = coalesce(:entity, e.entity) and e.type = coalesce(:type, e.type)\n          and e.accepted_at >= coalesce(:from, '-infinity') and e.accepted_at < coalesce(:to, 'infinity')\n      )\n    )\n    and (:action!::replay_action = 'discard' or exists (select from endpoints p where p.id = d.endpoint and p.deleted_at is null))\n  group by d.shard\n),\nasked as (\n  insert into replays (id, tenant, action, endpoint, entity, type, accepted_from, accepted_to, actor, matched)\n  select\n    :id!, :tenant!, :action!, :endpoint, :entity, :type, :from, :to, :actor!, coalesce((select sum(letters) from matching), 0)\n  returning id, tenant, action, matched\n),\nshared as (\n  insert into replay_shards (replay, shard, tenant)\n  select a.id, m.shard, a.tenant\n  from asked a\n    cross join matching m\n),\naudited as (\n  insert into audit_log (tenant, actor, action, subject, detail)\n  select tenant, :actor!, 'dead_letters.' || case action when 'replay' then 'replayed' else 'discarded' end, :subject!, :filter!::jsonb || jsonb_build_object('matched', matched) from asked\n),\nnudged as (\n  insert into dispatch_outbox (tenant, shard, topic, value)\n  select a.tenant, m.shard, 'control', convert_to('{\"kind\":\"replay\"}', 'UTF8')\n  from asked a\n    cross join matching m\n)\nselect matched as \"matched!\" from asked"};

/**
 * Query generated from SQL:
 * ```
 * with matching as (
 *   select d.shard, count(*) as letters
 *   from deliveries d
 *   where
 *     d.status = 'dead' and d.tenant = :tenant!
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
 *     :id!, :tenant!, :action!, :endpoint, :entity, :type, :from, :to, :actor!, coalesce((select sum(letters) from matching), 0)
 *   returning id, tenant, action, matched
 * ),
 * shared as (
 *   insert into replay_shards (replay, shard, tenant)
 *   select a.id, m.shard, a.tenant
 *   from asked a
 *     cross join matching m
 * ),
 * audited as (
 *   insert into audit_log (tenant, actor, action, subject, detail)
 *   select tenant, :actor!, 'dead_letters.' || case action when 'replay' then 'replayed' else 'discarded' end, :subject!, :filter!::jsonb || jsonb_build_object('matched', matched) from asked
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


