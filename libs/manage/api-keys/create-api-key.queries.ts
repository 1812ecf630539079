/** Types generated for queries found in "libs/manage/api-keys/create-api-key.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type duplicates_policy = 'conflict' | 'replay';

export type resubmit_policy = 'none' | 'requeue-dead';

export type DateOrString = Date | string;

export type NumberOrString = number | string;

export type stringArray = (string)[];

/** 'CreateApiKey' parameters type */
export interface ICreateApiKeyParams {
  burst?: number | null | void;
  by: string;
  duplicates: duplicates_policy;
  expiresAt?: DateOrString | null | void;
  hash: Buffer;
  most: NumberOrString;
  name: string;
  perSecond?: number | null | void;
  prefix: string;
  publicId: string;
  resubmit: resubmit_policy;
  scopes: stringArray;
  subject: string;
  tenant: string;
}

/** 'CreateApiKey' return type */
export interface ICreateApiKeyResult {
  hasTenant: boolean;
  isCreated: boolean;
}

/** 'CreateApiKey' query type */
export interface ICreateApiKeyQuery {
  params: ICreateApiKeyParams;
  result: ICreateApiKeyResult;
}

const createApiKeyIR: any = {"usedParamSet":{"by":true,"tenant":true,"publicId":true,"name":true,"prefix":true,"hash":true,"scopes":true,"expiresAt":true,"perSecond":true,"burst":true,"duplicates":true,"resubmit":true,"most":true,"subject":true},"params":[{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":45,"b":48}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":237,"b":244},{"a":1184,"b":1191}]},{"name":"publicId","required":true,"transform":{"type":"scalar"},"locs":[{"a":463,"b":472}]},{"name":"name","required":true,"transform":{"type":"scalar"},"locs":[{"a":481,"b":486}]},{"name":"prefix","required":true,"transform":{"type":"scalar"},"locs":[{"a":489,"b":496}]},{"name":"hash","required":true,"transform":{"type":"scalar"},"locs":[{"a":499,"b":504}]},{"name":"scopes","required":true,"transform":{"type":"scalar"},"locs":[{"a":507,"b":514}]},{"name":"expiresAt","required":false,"transform":{"type":"scalar"},"locs":[{"a":542,"b":551}]},{"name":"perSecond","required":false,"transform":{"type":"scalar"},"locs":[{"a":571,"b":580}]},{"name":"burst","required":false,"transform":{"type":"scalar"},"locs":[{"a":591,"b":596}]},{"name":"duplicates","required":true,"transform":{"type":"scalar"},"locs":[{"a":608,"b":619}]},{"name":"resubmit","required":true,"transform":{"type":"scalar"},"locs":[{"a":641,"b":650}]},{"name":"most","required":true,"transform":{"type":"scalar"},"locs":[{"a":726,"b":731}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":953,"b":961}]}],"statement":"with by as (\n  select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n),\n-- Two creations at once would both find a place for the last key.\nowner as (\n  select id from tenants where id = :tenant! for no key update\n),\ncreated as (\n  insert into api_keys (\n    public_id, tenant, name, prefix, hash, scopes, expires_at, rate_limit_per_second, rate_limit_burst, duplicates, resubmit,\n    created_by\n  )\n  select\n    :publicId!, t.id, :name!, :prefix!, :hash!, :scopes!::text[]::api_key_scope[], :expiresAt::timestamptz,\n    :perSecond::float8, :burst::integer, :duplicates!::duplicates_policy, :resubmit!::resubmit_policy, by.id\n  from owner t, by\n  where count_api_keys(t.id) < :most!\n  returning *\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)\n  select\n    created.tenant, by.type, by.id, by.name, by.\"requestId\", 'api_key.created', :subject!,\n    jsonb_build_object(\n      'name', created.name, 'prefix', created.prefix, 'scopes', to_jsonb(created.scopes), 'expiresAt', created.expires_at\n    )\n  from created, by\n)\nselect\n  exists(select from tenants where id = :tenant!) as \"hasTenant!\", exists(select from created) as \"isCreated!\""};

/**
 * Query generated from SQL:
 * ```
 * with by as (
 *   select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
 * ),
 * -- Two creations at once would both find a place for the last key.
 * owner as (
 *   select id from tenants where id = :tenant! for no key update
 * ),
 * created as (
 *   insert into api_keys (
 *     public_id, tenant, name, prefix, hash, scopes, expires_at, rate_limit_per_second, rate_limit_burst, duplicates, resubmit,
 *     created_by
 *   )
 *   select
 *     :publicId!, t.id, :name!, :prefix!, :hash!, :scopes!::text[]::api_key_scope[], :expiresAt::timestamptz,
 *     :perSecond::float8, :burst::integer, :duplicates!::duplicates_policy, :resubmit!::resubmit_policy, by.id
 *   from owner t, by
 *   where count_api_keys(t.id) < :most!
 *   returning *
 * ),
 * audited as (
 *   insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
 *   select
 *     created.tenant, by.type, by.id, by.name, by."requestId", 'api_key.created', :subject!,
 *     jsonb_build_object(
 *       'name', created.name, 'prefix', created.prefix, 'scopes', to_jsonb(created.scopes), 'expiresAt', created.expires_at
 *     )
 *   from created, by
 * )
 * select
 *   exists(select from tenants where id = :tenant!) as "hasTenant!", exists(select from created) as "isCreated!"
 * ```
 */
export const createApiKey = new PreparedQuery<ICreateApiKeyParams,ICreateApiKeyResult>(createApiKeyIR);


