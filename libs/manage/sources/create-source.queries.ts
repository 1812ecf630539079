/** Types generated for queries found in "libs/manage/sources/create-source.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type duplicates_policy = 'conflict' | 'replay';

export type resubmit_policy = 'none' | 'requeue-dead';

export type BufferArray = (Buffer)[];

export type NumberOrString = number | string;

/** 'CreateSource' parameters type */
export interface ICreateSourceParams {
  by: string;
  duplicates: duplicates_policy;
  enabled: boolean;
  fromEnvironment: boolean;
  most: NumberOrString;
  name: string;
  provider: string;
  publicId: string;
  resubmit: resubmit_policy;
  secrets: BufferArray;
  settings: string;
  subject: string;
  tenant: string;
}

/** 'CreateSource' return type */
export interface ICreateSourceResult {
  hasRoom: boolean;
  isCreated: boolean;
}

/** 'CreateSource' query type */
export interface ICreateSourceQuery {
  params: ICreateSourceParams;
  result: ICreateSourceResult;
}

const createSourceIR: any = {"usedParamSet":{"by":true,"tenant":true,"most":true,"name":true,"publicId":true,"provider":true,"settings":true,"duplicates":true,"resubmit":true,"enabled":true,"fromEnvironment":true,"secrets":true,"subject":true},"params":[{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":45,"b":48}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":259,"b":266}]},{"name":"most","required":true,"transform":{"type":"scalar"},"locs":[{"a":355,"b":360}]},{"name":"name","required":true,"transform":{"type":"scalar"},"locs":[{"a":391,"b":396},{"a":577,"b":582}]},{"name":"publicId","required":true,"transform":{"type":"scalar"},"locs":[{"a":557,"b":566}]},{"name":"provider","required":true,"transform":{"type":"scalar"},"locs":[{"a":585,"b":594}]},{"name":"settings","required":true,"transform":{"type":"scalar"},"locs":[{"a":597,"b":606}]},{"name":"duplicates","required":true,"transform":{"type":"scalar"},"locs":[{"a":622,"b":633}]},{"name":"resubmit","required":true,"transform":{"type":"scalar"},"locs":[{"a":659,"b":668}]},{"name":"enabled","required":true,"transform":{"type":"scalar"},"locs":[{"a":688,"b":696}]},{"name":"fromEnvironment","required":true,"transform":{"type":"scalar"},"locs":[{"a":883,"b":899}]},{"name":"secrets","required":true,"transform":{"type":"scalar"},"locs":[{"a":924,"b":932}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":1208,"b":1216}]}],"statement":"with by as (\n  select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n),\n-- Two creations at once would both find the name free, and a place for the last source.\nowner as (\n  select id from tenants where id = :tenant! for no key update\n),\nroom as materialized (\n  select id as tenant, count_sources(id) < :most! as is_left, source_named(id, :name!) is null as is_free from owner\n),\ncreated as (\n  insert into sources (public_id, tenant, name, provider, settings, duplicates, resubmit, enabled)\n  select\n    :publicId!, tenant, :name!, :provider!, :settings!::text::jsonb, :duplicates!::duplicates_policy,\n    :resubmit!::resubmit_policy, :enabled!\n  from room\n  where is_left and is_free\n  returning id, tenant, name, provider\n),\nkept as (\n  insert into source_secrets (source, secret, from_environment)\n  select created.id, secret, :fromEnvironment!\n  from created, unnest(:secrets!::bytea[]) with ordinality as s (secret, place)\n  order by place desc\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)\n  select\n    created.tenant, by.type, by.id, by.name, by.\"requestId\", 'source.created', :subject!,\n    jsonb_build_object('name', created.name, 'provider', created.provider)\n  from created, by\n)\nselect is_left as \"hasRoom!\", exists(select from created) as \"isCreated!\" from room"};

/**
 * Query generated from SQL:
 * ```
 * with by as (
 *   select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
 * ),
 * -- Two creations at once would both find the name free, and a place for the last source.
 * owner as (
 *   select id from tenants where id = :tenant! for no key update
 * ),
 * room as materialized (
 *   select id as tenant, count_sources(id) < :most! as is_left, source_named(id, :name!) is null as is_free from owner
 * ),
 * created as (
 *   insert into sources (public_id, tenant, name, provider, settings, duplicates, resubmit, enabled)
 *   select
 *     :publicId!, tenant, :name!, :provider!, :settings!::text::jsonb, :duplicates!::duplicates_policy,
 *     :resubmit!::resubmit_policy, :enabled!
 *   from room
 *   where is_left and is_free
 *   returning id, tenant, name, provider
 * ),
 * kept as (
 *   insert into source_secrets (source, secret, from_environment)
 *   select created.id, secret, :fromEnvironment!
 *   from created, unnest(:secrets!::bytea[]) with ordinality as s (secret, place)
 *   order by place desc
 * ),
 * audited as (
 *   insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
 *   select
 *     created.tenant, by.type, by.id, by.name, by."requestId", 'source.created', :subject!,
 *     jsonb_build_object('name', created.name, 'provider', created.provider)
 *   from created, by
 * )
 * select is_left as "hasRoom!", exists(select from created) as "isCreated!" from room
 * ```
 */
export const createSource = new PreparedQuery<ICreateSourceParams,ICreateSourceResult>(createSourceIR);


