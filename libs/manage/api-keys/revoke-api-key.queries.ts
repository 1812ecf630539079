/** Types generated for queries found in "libs/manage/api-keys/revoke-api-key.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'RevokeApiKey' parameters type */
export interface IRevokeApiKeyParams {
  by: string;
  publicId: string;
  seesAdminKeys: boolean;
  subject: string;
  tenant?: string | null | void;
}

/** 'RevokeApiKey' return type */
export interface IRevokeApiKeyResult {
  revoked: boolean | null;
}

/** 'RevokeApiKey' query type */
export interface IRevokeApiKeyQuery {
  params: IRevokeApiKeyParams;
  result: IRevokeApiKeyResult;
}

const revokeApiKeyIR: any = {"usedParamSet":{"by":true,"publicId":true,"tenant":true,"seesAdminKeys":true,"subject":true},"params":[{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":45,"b":48}]},{"name":"publicId","required":true,"transform":{"type":"scalar"},"locs":[{"a":219,"b":228}]},{"name":"tenant","required":false,"transform":{"type":"scalar"},"locs":[{"a":252,"b":258}]},{"name":"seesAdminKeys","required":true,"transform":{"type":"scalar"},"locs":[{"a":301,"b":315}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":572,"b":580}]}],"statement":"with by as (\n  select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n),\nrevoked as (\n  update api_keys\n  set revoked_at = now(), updated_at = now()\n  where public_id = :publicId! and tenant = coalesce(:tenant, tenant) and revoked_at is null\n    and (:seesAdminKeys! or not 'admin' = any(scopes))\n  returning tenant, prefix\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)\n  select\n    tenant, by.type, by.id, by.name, by.\"requestId\", 'api_key.revoked', :subject!, jsonb_build_object('prefix', prefix)\n  from revoked, by\n)\nselect true as \"revoked\" from revoked"};

/**
 * Query generated from SQL:
 * ```
 * with by as (
 *   select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
 * ),
 * revoked as (
 *   update api_keys
 *   set revoked_at = now(), updated_at = now()
 *   where public_id = :publicId! and tenant = coalesce(:tenant, tenant) and revoked_at is null
 *     and (:seesAdminKeys! or not 'admin' = any(scopes))
 *   returning tenant, prefix
 * ),
 * audited as (
 *   insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
 *   select
 *     tenant, by.type, by.id, by.name, by."requestId", 'api_key.revoked', :subject!, jsonb_build_object('prefix', prefix)
 *   from revoked, by
 * )
 * select true as "revoked" from revoked
 * ```
 */
export const revokeApiKey = new PreparedQuery<IRevokeApiKeyParams,IRevokeApiKeyResult>(revokeApiKeyIR);


