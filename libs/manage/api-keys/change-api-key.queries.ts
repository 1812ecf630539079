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
  hadVersion: boolean | null;
}

/** 'ChangeApiKey' query type */
export interface IChangeApiKeyQuery {
  params: IChangeApiKeyParams;
  result: IChangeApiKeyResult;
}

const changeApiKeyIR: any = {"usedParamSet":{"by":true,"id":true,"version":true,"name":true,"scopes":true,"setsExpiresAt":true,"expiresAt":true,"setsRateLimit":true,"perSecond":true,"burst":true,"duplicates":true,"resubmit":true,"subject":true,"settings":true},"params":[{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":45,"b":48}]},{"name":"id","required":true,"transform":{"type":"scalar"},"locs":[{"a":170,"b":173}]},{"name":"version","required":true,"transform":{"type":"scalar"},"locs":[{"a":192,"b":200}]},{"name":"name","required":false,"transform":{"type":"scalar"},"locs":[{"a":295,"b":299}]},{"name":"scopes","required":false,"transform":{"type":"scalar"},"locs":[{"a":332,"b":338}]},{"name":"setsExpiresAt","required":true,"transform":{"type":"scalar"},"locs":[{"a":401,"b":415}]},{"name":"expiresAt","required":false,"transform":{"type":"scalar"},"locs":[{"a":422,"b":431}]},{"name":"setsRateLimit","required":true,"transform":{"type":"scalar"},"locs":[{"a":497,"b":511},{"a":599,"b":613}]},{"name":"perSecond","required":false,"transform":{"type":"scalar"},"locs":[{"a":518,"b":527}]},{"name":"burst","required":false,"transform":{"type":"scalar"},"locs":[{"a":620,"b":625}]},{"name":"duplicates","required":false,"transform":{"type":"scalar"},"locs":[{"a":687,"b":697}]},{"name":"resubmit","required":false,"transform":{"type":"scalar"},"locs":[{"a":761,"b":769}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":1583,"b":1591}]},{"name":"settings","required":true,"transform":{"type":"scalar"},"locs":[{"a":1629,"b":1638}]}],"statement":"with by as (\n  select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n),\nheld as (\n  select id from api_keys where id = :id! and changed_by = :version!::text::xid8 and revoked_at is null for update\n),\nwanted as (\n  select\n    k.id,\n    coalesce(:name, k.name) as name,\n    coalesce(:scopes::text[]::api_key_scope[], k.scopes) as scopes,\n    case when :setsExpiresAt! then :expiresAt::timestamptz else k.expires_at end as expires_at,\n    case when :setsRateLimit! then :perSecond::float8 else k.rate_limit_per_second end as per_second,\n    case when :setsRateLimit! then :burst::integer else k.rate_limit_burst end as burst,\n    coalesce(:duplicates::duplicates_policy, k.duplicates) as duplicates,\n    coalesce(:resubmit::resubmit_policy, k.resubmit) as resubmit\n  from held\n    join api_keys k on k.id = held.id\n),\nchanged as (\n  update api_keys k\n  set\n    name = w.name, scopes = w.scopes, expires_at = w.expires_at, rate_limit_per_second = w.per_second,\n    rate_limit_burst = w.burst, duplicates = w.duplicates, resubmit = w.resubmit, updated_at = now()\n  from wanted w\n  where\n    k.id = w.id\n    and (k.name, k.scopes, k.expires_at, k.rate_limit_per_second, k.rate_limit_burst, k.duplicates, k.resubmit)\n    is distinct from (w.name, w.scopes, w.expires_at, w.per_second, w.burst, w.duplicates, w.resubmit)\n  returning k.tenant\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)\n  select\n    tenant, by.type, by.id, by.name, by.\"requestId\", 'api_key.changed', :subject!,\n    jsonb_build_object('settings', :settings!::text[])\n  from changed, by\n)\nselect true as \"hadVersion\" from held"};

/**
 * Query generated from SQL:
 * ```
 * with by as (
 *   select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
 * ),
 * held as (
 *   select id from api_keys where id = :id! and changed_by = :version!::text::xid8 and revoked_at is null for update
 * ),
 * wanted as (
 *   select
 *     k.id,
 *     coalesce(:name, k.name) as name,
 *     coalesce(:scopes::text[]::api_key_scope[], k.scopes) as scopes,
 *     case when :setsExpiresAt! then :expiresAt::timestamptz else k.expires_at end as expires_at,
 *     case when :setsRateLimit! then :perSecond::float8 else k.rate_limit_per_second end as per_second,
 *     case when :setsRateLimit! then :burst::integer else k.rate_limit_burst end as burst,
 *     coalesce(:duplicates::duplicates_policy, k.duplicates) as duplicates,
 *     coalesce(:resubmit::resubmit_policy, k.resubmit) as resubmit
 *   from held
 *     join api_keys k on k.id = held.id
 * ),
 * changed as (
 *   update api_keys k
 *   set
 *     name = w.name, scopes = w.scopes, expires_at = w.expires_at, rate_limit_per_second = w.per_second,
 *     rate_limit_burst = w.burst, duplicates = w.duplicates, resubmit = w.resubmit, updated_at = now()
 *   from wanted w
 *   where
 *     k.id = w.id
 *     and (k.name, k.scopes, k.expires_at, k.rate_limit_per_second, k.rate_limit_burst, k.duplicates, k.resubmit)
 *     is distinct from (w.name, w.scopes, w.expires_at, w.per_second, w.burst, w.duplicates, w.resubmit)
 *   returning k.tenant
 * ),
 * audited as (
 *   insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
 *   select
 *     tenant, by.type, by.id, by.name, by."requestId", 'api_key.changed', :subject!,
 *     jsonb_build_object('settings', :settings!::text[])
 *   from changed, by
 * )
 * select true as "hadVersion" from held
 * ```
 */
export const changeApiKey = new PreparedQuery<IChangeApiKeyParams,IChangeApiKeyResult>(changeApiKeyIR);


