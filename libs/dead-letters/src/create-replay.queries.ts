/** Types generated for queries found in "libs/dead-letters/src/create-replay.sql" */
import { PreparedQuery } from '@pgtyped/runtime';

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

const createReplayIR: any = {"usedParamSet":{"tenant":true,"endpoint":true,"entity":true,"type":true,"from":true,"to":true,"action":true,"id":true,"actor":true,"subject":true,"filter":true},"params":[{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":161,"b":168},{"a":750,"b":757}]},{"name":"endpoint","required":false,"transform":{"type":"scalar"},"locs":[{"a":179,"b":187},{"a":222,"b":230},{"a":770,"b":778}]},{"name":"entity","required":false,"transform":{"type":"scalar"},"locs":[{"a":242,"b":248},{"a":278,"b":284},{"a":781,"b":787}]},{"name":"type","required":false,"transform":{"type":"scalar"},"locs":[{"a":296,"b":300},{"a":328,"b":332},{"a":790,"b":794}]},{"name":"from","required":false,"transform":{"type":"scalar"},"locs":[{"a":344,"b":348},{"a":391,"b":395},{"a":797,"b":801}]},{"name":"to","required":false,"transform":{"type":"scalar"},"locs":[{"a":407,"b":409},{"a":451,"b":453},{"a":804,"b":806}]},{"name":"action","required":true,"transform":{"type":"scalar"},"locs":[{"a":465,"b":472},{"a":760,"b":767}]},{"name":"id","required":true,"transform":{"type":"scalar"},"locs":[{"a":744,"b":747}]},{"name":"actor","required":true,"transform":{"type":"scalar"},"locs":[{"a":809,"b":815},{"a":1146,"b":1152}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":1182,"b":1190}]},{"name":"filter","required":true,"transform":{"type":"scalar"},"locs":[{"a":1193,"b":1200}]}],"statement":"with matching as (\n  select d.shard, count(*) as letters\n  from deliveries d\n    join events e on e.id = d.event_id\n  where\n    d.status = 'dead' and d.tenant = :tenant!\n    and (:endpoint::integer is null or d.endpoint = :endpoint)\n    and (:entity::text is null or e.entity = :entity)\n    and (:type::text is null or e.type = :type)\n    and (:from::timestamptz is null or e.accepted_at >= :from)\n    and (:to::timestamptz is null or e.accepted_at < :to)\n    and (:action!::replay_action = 'discard' or exists (select from endpoints p where p.id = d.endpoint and p.deleted_at is null))\n  group by d.shard\n),\nasked as (\n  insert into replays (id, tenant, action, endpoint, entity, type, accepted_from, accepted_to, actor, matched)\n  select\n    :id!, :tenant!, :action!, :endpoint, :entity, :type, :from, :to, :actor!, coalesce((select sum(letters) from matching), 0)\n  returning id, tenant, action, matched\n),\nshared as (\n  insert into replay_shards (replay, shard, tenant)\n  select a.id, m.shard, a.tenant\n  from asked a\n    cross join matching m\n),\naudited as (\n  insert into audit_log (tenant, actor, action, subject, detail)\n  select tenant, :actor!, 'dead_letters.' || action, :subject!, :filter!::jsonb || jsonb_build_object('matched', matched) from asked\n),\nnudged as (\n  insert into dispatch_outbox (tenant, shard, topic, value)\n  select a.tenant, m.shard, 'control', convert_to('{\"kind\":\"replay\"}', 'UTF8')\n  from asked a\n    cross join matching m\n)\nselect matched as \"matched!\" from asked"};

/**
 * Query generated from SQL:
 * ```
 * with matching as (
 *   select d.shard, count(*) as letters
 *   from deliveries d
 *     join events e on e.id = d.event_id
 *   where
 *     d.status = 'dead' and d.tenant = :tenant!
 *     and (:endpoint::integer is null or d.endpoint = :endpoint)
 *     and (:entity::text is null or e.entity = :entity)
 *     and (:type::text is null or e.type = :type)
 *     and (:from::timestamptz is null or e.accepted_at >= :from)
 *     and (:to::timestamptz is null or e.accepted_at < :to)
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
 *   select tenant, :actor!, 'dead_letters.' || action, :subject!, :filter!::jsonb || jsonb_build_object('matched', matched) from asked
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


