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
  mostTopics: NumberOrString;
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
  hasTopicRoom: boolean;
  isCreated: boolean;
}

/** 'CreateSource' query type */
export interface ICreateSourceQuery {
  params: ICreateSourceParams;
  result: ICreateSourceResult;
}

const createSourceIR: any = {"usedParamSet":{"by":true,"tenant":true,"most":true,"provider":true,"mostTopics":true,"name":true,"publicId":true,"settings":true,"duplicates":true,"resubmit":true,"enabled":true,"fromEnvironment":true,"secrets":true,"subject":true},"params":[{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":45,"b":48}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":259,"b":266}]},{"name":"most","required":true,"transform":{"type":"scalar"},"locs":[{"a":359,"b":364}]},{"name":"provider","required":true,"transform":{"type":"scalar"},"locs":[{"a":382,"b":391},{"a":684,"b":693}]},{"name":"mostTopics","required":true,"transform":{"type":"scalar"},"locs":[{"a":436,"b":447}]},{"name":"name","required":true,"transform":{"type":"scalar"},"locs":[{"a":488,"b":493},{"a":676,"b":681}]},{"name":"publicId","required":true,"transform":{"type":"scalar"},"locs":[{"a":656,"b":665}]},{"name":"settings","required":true,"transform":{"type":"scalar"},"locs":[{"a":696,"b":705}]},{"name":"duplicates","required":true,"transform":{"type":"scalar"},"locs":[{"a":721,"b":732}]},{"name":"resubmit","required":true,"transform":{"type":"scalar"},"locs":[{"a":758,"b":767}]},{"name":"enabled","required":true,"transform":{"type":"scalar"},"locs":[{"a":787,"b":795}]},{"name":"fromEnvironment","required":true,"transform":{"type":"scalar"},"locs":[{"a":1000,"b":1016}]},{"name":"secrets","required":true,"transform":{"type":"scalar"},"locs":[{"a":1041,"b":1049}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":1325,"b":1333}]}],"statement":"with by as (\n  select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n),\n-- Two creations at once would both find the name free, and a place for the last source.\nowner as (\n  select id from tenants where id = :tenant! for no key update\n),\nroom as materialized (\n  select\n    id as tenant, count_sources(id) < :most! as is_left,\n    :provider! <> 'kafka' or count_sources(id, 'kafka') < :mostTopics! as is_topic_left,\n    source_named(id, :name!) is null as is_free\n  from owner\n),\ncreated as (\n  insert into sources (public_id, tenant, name, provider, settings, duplicates, resubmit, enabled)\n  select\n    :publicId!, tenant, :name!, :provider!, :settings!::text::jsonb, :duplicates!::duplicates_policy,\n    :resubmit!::resubmit_policy, :enabled!\n  from room\n  where is_left and is_topic_left and is_free\n  returning id, tenant, name, provider\n),\nkept as (\n  insert into source_secrets (source, secret, from_environment)\n  select created.id, secret, :fromEnvironment!\n  from created, unnest(:secrets!::bytea[]) with ordinality as s (secret, place)\n  order by place desc\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)\n  select\n    created.tenant, by.type, by.id, by.name, by.\"requestId\", 'source.created', :subject!,\n    jsonb_build_object('name', created.name, 'provider', created.provider)\n  from created, by\n)\nselect is_left as \"hasRoom!\", is_topic_left as \"hasTopicRoom!\", exists(select from created) as \"isCreated!\" from room"};

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
 *   select
 *     id as tenant, count_sources(id) < :most! as is_left,
 *     :provider! <> 'kafka' or count_sources(id, 'kafka') < :mostTopics! as is_topic_left,
 *     source_named(id, :name!) is null as is_free
 *   from owner
 * ),
 * created as (
 *   insert into sources (public_id, tenant, name, provider, settings, duplicates, resubmit, enabled)
 *   select
 *     :publicId!, tenant, :name!, :provider!, :settings!::text::jsonb, :duplicates!::duplicates_policy,
 *     :resubmit!::resubmit_policy, :enabled!
 *   from room
 *   where is_left and is_topic_left and is_free
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
 * select is_left as "hasRoom!", is_topic_left as "hasTopicRoom!", exists(select from created) as "isCreated!" from room
 * ```
 */
export const createSource = new PreparedQuery<ICreateSourceParams,ICreateSourceResult>(createSourceIR);


