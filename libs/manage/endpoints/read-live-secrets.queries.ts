/** Types generated for queries found in "libs/manage/endpoints/read-live-secrets.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'ReadLiveSecrets' parameters type */
export interface IReadLiveSecretsParams {
  by: string;
  publicId: string;
  subject: string;
  tenant: string;
}

/** 'ReadLiveSecrets' return type */
export interface IReadLiveSecretsResult {
  ciphertext: Buffer;
  createdAt: Date;
  expiresAt: Date | null;
}

/** 'ReadLiveSecrets' query type */
export interface IReadLiveSecretsQuery {
  params: IReadLiveSecretsParams;
  result: IReadLiveSecretsResult;
}

const readLiveSecretsIR: any = {"usedParamSet":{"publicId":true,"tenant":true,"subject":true,"by":true},"params":[{"name":"publicId","required":true,"transform":{"type":"scalar"},"locs":[{"a":69,"b":78}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":93,"b":100}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":322,"b":330}]},{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":362,"b":365}]}],"statement":"with found as (\n  select id, tenant from endpoints where public_id = :publicId! and tenant = :tenant! and deleted_at is null\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject)\n  select found.tenant, by.type, by.id, by.name, by.\"requestId\", 'endpoint.secret_read', :subject!\n  from found, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n)\nselect s.ciphertext, s.created_at as \"createdAt\", s.expires_at as \"expiresAt\"\nfrom found\n  join endpoint_secrets s on s.endpoint = found.id\nwhere s.expires_at is null or s.expires_at > now()\norder by s.id desc"};

/**
 * Query generated from SQL:
 * ```
 * with found as (
 *   select id, tenant from endpoints where public_id = :publicId! and tenant = :tenant! and deleted_at is null
 * ),
 * audited as (
 *   insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject)
 *   select found.tenant, by.type, by.id, by.name, by."requestId", 'endpoint.secret_read', :subject!
 *   from found, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
 * )
 * select s.ciphertext, s.created_at as "createdAt", s.expires_at as "expiresAt"
 * from found
 *   join endpoint_secrets s on s.endpoint = found.id
 * where s.expires_at is null or s.expires_at > now()
 * order by s.id desc
 * ```
 */
export const readLiveSecrets = new PreparedQuery<IReadLiveSecretsParams,IReadLiveSecretsResult>(readLiveSecretsIR);


