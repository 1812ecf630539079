/** Types generated for queries found in "libs/manage/api-keys/rotate-api-key.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'RotateApiKey' parameters type */
export interface IRotateApiKeyParams {
  by: string;
  hash: Buffer;
  id: number;
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

const rotateApiKeyIR: any = {"usedParamSet":{"by":true,"overlapMs":true,"prefix":true,"hash":true,"id":true,"version":true,"subject":true},"params":[{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":45,"b":48}]},{"name":"overlapMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":246,"b":256}]},{"name":"prefix","required":true,"transform":{"type":"scalar"},"locs":[{"a":307,"b":314}]},{"name":"hash","required":true,"transform":{"type":"scalar"},"locs":[{"a":324,"b":329}]},{"name":"id","required":true,"transform":{"type":"scalar"},"locs":[{"a":364,"b":367}]},{"name":"version","required":true,"transform":{"type":"scalar"},"locs":[{"a":386,"b":394}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":694,"b":702}]}],"statement":"with by as (\n  select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n),\nrotated as (\n  update api_keys\n  set\n    previous_prefix = prefix, previous_hash = hash,\n    previous_expires_at = now() + :overlapMs!::float8 * interval '1 millisecond',\n    prefix = :prefix!, hash = :hash!, updated_at = now()\n  where id = :id! and changed_by = :version!::text::xid8 and revoked_at is null\n  returning tenant, prefix, previous_prefix, previous_expires_at\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)\n  select\n    tenant, by.type, by.id, by.name, by.\"requestId\", 'api_key.rotated', :subject!,\n    jsonb_build_object('prefix', prefix, 'previousPrefix', previous_prefix, 'previousExpiresAt', previous_expires_at)\n  from rotated, by\n)\nselect true as \"rotated\" from rotated"};

/**
 * Query generated from SQL:
 * ```
 * with by as (
 *   select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
 * ),
 * rotated as (
 *   update api_keys
 *   set
 *     previous_prefix = prefix, previous_hash = hash,
 *     previous_expires_at = now() + :overlapMs!::float8 * interval '1 millisecond',
 *     prefix = :prefix!, hash = :hash!, updated_at = now()
 *   where id = :id! and changed_by = :version!::text::xid8 and revoked_at is null
 *   returning tenant, prefix, previous_prefix, previous_expires_at
 * ),
 * audited as (
 *   insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
 *   select
 *     tenant, by.type, by.id, by.name, by."requestId", 'api_key.rotated', :subject!,
 *     jsonb_build_object('prefix', prefix, 'previousPrefix', previous_prefix, 'previousExpiresAt', previous_expires_at)
 *   from rotated, by
 * )
 * select true as "rotated" from rotated
 * ```
 */
export const rotateApiKey = new PreparedQuery<IRotateApiKeyParams,IRotateApiKeyResult>(rotateApiKeyIR);


