/** Types generated for queries found in "libs/manage/api-keys/change-api-key.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type duplicates_policy = 'conflict' | 'replay';

export type resubmit_policy = 'none' | 'requeue-dead';

export type DateOrString = Date | string;

export type stringArray = (string)[];

/** 'ChangeApiKey' parameters type */
export interface IChangeApiKeyParams {
  burst?: number | null | void;
  by: string;
  duplicates?: duplicates_policy | null | void;
  expiresAt?: DateOrString | null | void;
  id: number;
  name?: string | null | void;
  perSecond?: number | null | void;
  resubmit?: resubmit_policy | null | void;
  scopes?: stringArray | null | void;
  setsExpiresAt: boolean;
  setsRateLimit: boolean;
  settings: stringArray;
  subject: string;
  version: string;
}

/** 'ChangeApiKey' return type */
export interface IChangeApiKeyResult {
  changed: boolean | null;
}

/** 'ChangeApiKey' query type */
export interface IChangeApiKeyQuery {
  params: IChangeApiKeyParams;
  result: IChangeApiKeyResult;
}

const changeApiKeyIR: any = {"usedParamSet":{"by":true,"name":true,"scopes":true,"setsExpiresAt":true,"expiresAt":true,"setsRateLimit":true,"perSecond":true,"burst":true,"duplicates":true,"resubmit":true,"id":true,"version":true,"subject":true,"settings":true},"params":[{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":45,"b":48}]},{"name":"name","required":false,"transform":{"type":"scalar"},"locs":[{"a":180,"b":184}]},{"name":"scopes","required":false,"transform":{"type":"scalar"},"locs":[{"a":216,"b":222}]},{"name":"setsExpiresAt","required":true,"transform":{"type":"scalar"},"locs":[{"a":286,"b":300}]},{"name":"expiresAt","required":false,"transform":{"type":"scalar"},"locs":[{"a":307,"b":316}]},{"name":"setsRateLimit","required":true,"transform":{"type":"scalar"},"locs":[{"a":390,"b":404},{"a":495,"b":509}]},{"name":"perSecond","required":false,"transform":{"type":"scalar"},"locs":[{"a":411,"b":420}]},{"name":"burst","required":false,"transform":{"type":"scalar"},"locs":[{"a":516,"b":521}]},{"name":"duplicates","required":false,"transform":{"type":"scalar"},"locs":[{"a":585,"b":595}]},{"name":"resubmit","required":false,"transform":{"type":"scalar"},"locs":[{"a":654,"b":662}]},{"name":"id","required":true,"transform":{"type":"scalar"},"locs":[{"a":729,"b":732}]},{"name":"version","required":true,"transform":{"type":"scalar"},"locs":[{"a":751,"b":759}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":1013,"b":1021}]},{"name":"settings","required":true,"transform":{"type":"scalar"},"locs":[{"a":1059,"b":1068}]}],"statement":"with by as (\n  select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n),\nchanged as (\n  update api_keys\n  set\n    name = coalesce(:name, name),\n    scopes = coalesce(:scopes::text[]::api_key_scope[], scopes),\n    expires_at = case when :setsExpiresAt! then :expiresAt::timestamptz else expires_at end,\n    rate_limit_per_second = case when :setsRateLimit! then :perSecond::float8 else rate_limit_per_second end,\n    rate_limit_burst = case when :setsRateLimit! then :burst::integer else rate_limit_burst end,\n    duplicates = coalesce(:duplicates::duplicates_policy, duplicates),\n    resubmit = coalesce(:resubmit::resubmit_policy, resubmit),\n    updated_at = now()\n  where id = :id! and changed_by = :version!::text::xid8 and revoked_at is null\n  returning tenant\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)\n  select\n    tenant, by.type, by.id, by.name, by.\"requestId\", 'api_key.changed', :subject!,\n    jsonb_build_object('settings', :settings!::text[])\n  from changed, by\n)\nselect true as \"changed\" from changed"};

/**
 * Query generated from SQL:
 * ```
 * with by as (
 *   select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
 * ),
 * changed as (
 *   update api_keys
 *   set
 *     name = coalesce(:name, name),
 *     scopes = coalesce(:scopes::text[]::api_key_scope[], scopes),
 *     expires_at = case when :setsExpiresAt! then :expiresAt::timestamptz else expires_at end,
 *     rate_limit_per_second = case when :setsRateLimit! then :perSecond::float8 else rate_limit_per_second end,
 *     rate_limit_burst = case when :setsRateLimit! then :burst::integer else rate_limit_burst end,
 *     duplicates = coalesce(:duplicates::duplicates_policy, duplicates),
 *     resubmit = coalesce(:resubmit::resubmit_policy, resubmit),
 *     updated_at = now()
 *   where id = :id! and changed_by = :version!::text::xid8 and revoked_at is null
 *   returning tenant
 * ),
 * audited as (
 *   insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
 *   select
 *     tenant, by.type, by.id, by.name, by."requestId", 'api_key.changed', :subject!,
 *     jsonb_build_object('settings', :settings!::text[])
 *   from changed, by
 * )
 * select true as "changed" from changed
 * ```
 */
export const changeApiKey = new PreparedQuery<IChangeApiKeyParams,IChangeApiKeyResult>(changeApiKeyIR);


