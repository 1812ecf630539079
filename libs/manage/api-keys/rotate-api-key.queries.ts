/** Types generated for queries found in "libs/manage/api-keys/rotate-api-key.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'RotateApiKey' parameters type */
export interface IRotateApiKeyParams {
  by: string;
  hash: Buffer;
  id: number;
  mostFormer: number;
  overlapMs: number;
  prefix: string;
  subject: string;
  version: string;
}

/** 'RotateApiKey' return type */
export interface IRotateApiKeyResult {
  rotated: boolean | null;
}

/** 'RotateApiKey' query type */
export interface IRotateApiKeyQuery {
  params: IRotateApiKeyParams;
  result: IRotateApiKeyResult;
}

const rotateApiKeyIR: any = {"usedParamSet":{"by":true,"overlapMs":true,"id":true,"version":true,"prefix":true,"hash":true,"mostFormer":true,"subject":true},"params":[{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":45,"b":48}]},{"name":"overlapMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":164,"b":174},{"a":210,"b":220}]},{"name":"id","required":true,"transform":{"type":"scalar"},"locs":[{"a":297,"b":300}]},{"name":"version","required":true,"transform":{"type":"scalar"},"locs":[{"a":319,"b":327}]},{"name":"prefix","required":true,"transform":{"type":"scalar"},"locs":[{"a":428,"b":435}]},{"name":"hash","required":true,"transform":{"type":"scalar"},"locs":[{"a":445,"b":450}]},{"name":"mostFormer","required":true,"transform":{"type":"scalar"},"locs":[{"a":792,"b":803}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":1455,"b":1463}]}],"statement":"with by as (\n  select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n),\nheld as (\n  select\n    id, prefix, hash, :overlapMs!::float8 > 0 as lasts,\n    now() + :overlapMs!::float8 * interval '1 millisecond' as ends_at\n  from api_keys\n  where id = :id! and changed_by = :version!::text::xid8 and revoked_at is null\n  for update\n),\nrotated as (\n  update api_keys k\n  set prefix = :prefix!, hash = :hash!, updated_at = now()\n  from held\n  where k.id = held.id\n  returning k.tenant, k.prefix, held.prefix as previous_prefix, held.ends_at\n),\nkept as materialized (\n  select f.prefix, held.ends_at\n  from held\n    join former_api_key_secrets f on f.api_key = held.id\n  where held.lasts and f.expires_at > now()\n  order by f.expires_at desc\n  limit :mostFormer!::integer - 1\n),\nended as (\n  delete from former_api_key_secrets\n  where api_key in (select id from held) and prefix not in (select prefix from kept)\n),\nshortened as (\n  update former_api_key_secrets f\n  set expires_at = kept.ends_at\n  from kept\n  where f.prefix = kept.prefix and f.expires_at > kept.ends_at\n),\nadded as (\n  insert into former_api_key_secrets (prefix, api_key, hash, expires_at)\n  select prefix, id, hash, ends_at from held where lasts\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)\n  select\n    tenant, by.type, by.id, by.name, by.\"requestId\", 'api_key.rotated', :subject!,\n    jsonb_build_object('prefix', prefix, 'previousPrefix', previous_prefix, 'previousExpiresAt', ends_at)\n  from rotated, by\n)\nselect true as \"rotated\" from rotated"};

/**
 * Query generated from SQL:
 * ```
 * with by as (
 *   select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
 * ),
 * held as (
 *   select
 *     id, prefix, hash, :overlapMs!::float8 > 0 as lasts,
 *     now() + :overlapMs!::float8 * interval '1 millisecond' as ends_at
 *   from api_keys
 *   where id = :id! and changed_by = :version!::text::xid8 and revoked_at is null
 *   for update
 * ),
 * rotated as (
 *   update api_keys k
 *   set prefix = :prefix!, hash = :hash!, updated_at = now()
 *   from held
 *   where k.id = held.id
 *   returning k.tenant, k.prefix, held.prefix as previous_prefix, held.ends_at
 * ),
 * kept as materialized (
 *   select f.prefix, held.ends_at
 *   from held
 *     join former_api_key_secrets f on f.api_key = held.id
 *   where held.lasts and f.expires_at > now()
 *   order by f.expires_at desc
 *   limit :mostFormer!::integer - 1
 * ),
 * ended as (
 *   delete from former_api_key_secrets
 *   where api_key in (select id from held) and prefix not in (select prefix from kept)
 * ),
 * shortened as (
 *   update former_api_key_secrets f
 *   set expires_at = kept.ends_at
 *   from kept
 *   where f.prefix = kept.prefix and f.expires_at > kept.ends_at
 * ),
 * added as (
 *   insert into former_api_key_secrets (prefix, api_key, hash, expires_at)
 *   select prefix, id, hash, ends_at from held where lasts
 * ),
 * audited as (
 *   insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
 *   select
 *     tenant, by.type, by.id, by.name, by."requestId", 'api_key.rotated', :subject!,
 *     jsonb_build_object('prefix', prefix, 'previousPrefix', previous_prefix, 'previousExpiresAt', ends_at)
 *   from rotated, by
 * )
 * select true as "rotated" from rotated
 * ```
 */
export const rotateApiKey = new PreparedQuery<IRotateApiKeyParams,IRotateApiKeyResult>(rotateApiKeyIR);


