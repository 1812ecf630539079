/** Types generated for queries found in "libs/manage/endpoints/rotate-endpoint-secret.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

/** 'RotateEndpointSecret' parameters type */
export interface IRotateEndpointSecretParams {
  by: string;
  current?: NumberOrString | null | void;
  id: number;
  overlapMs: number;
  publicKey?: string | null | void;
  secretCiphertext: Buffer;
  subject: string;
  version: number;
}

/** 'RotateEndpointSecret' return type */
export interface IRotateEndpointSecretResult {
  rotated: boolean | null;
}

/** 'RotateEndpointSecret' query type */
export interface IRotateEndpointSecretQuery {
  params: IRotateEndpointSecretParams;
  result: IRotateEndpointSecretResult;
}

const rotateEndpointSecretIR: any = {"usedParamSet":{"by":true,"publicKey":true,"id":true,"version":true,"overlapMs":true,"current":true,"secretCiphertext":true,"subject":true},"params":[{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":45,"b":48}]},{"name":"publicKey","required":false,"transform":{"type":"scalar"},"locs":[{"a":174,"b":183},{"a":1246,"b":1255}]},{"name":"id","required":true,"transform":{"type":"scalar"},"locs":[{"a":218,"b":221}]},{"name":"version","required":true,"transform":{"type":"scalar"},"locs":[{"a":237,"b":245}]},{"name":"overlapMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":381,"b":391},{"a":515,"b":525},{"a":743,"b":753}]},{"name":"current","required":false,"transform":{"type":"scalar"},"locs":[{"a":502,"b":509},{"a":729,"b":736},{"a":933,"b":940}]},{"name":"secretCiphertext","required":true,"transform":{"type":"scalar"},"locs":[{"a":888,"b":905}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":1164,"b":1172}]}],"statement":"with by as (\n  select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n),\nrotated as (\n  update endpoints\n  set public_key = :publicKey, updated_at = now()\n  where id = :id! and version = :version! and deleted_at is null\n  returning id, tenant\n),\nkept as (\n  update endpoint_secrets s\n  set expires_at = least(s.expires_at, now() + :overlapMs!::float8 * interval '1 millisecond')\n  from rotated\n  where s.endpoint = rotated.id and s.id is distinct from :current and :overlapMs!::float8 > 0 and (s.expires_at is null or s.expires_at > now())\n  returning s.expires_at\n),\nended as (\n  delete from endpoint_secrets\n  where endpoint in (select id from rotated) and id is distinct from :current and (:overlapMs!::float8 = 0 or expires_at <= now())\n),\nadded as (\n  insert into endpoint_secrets (endpoint, tenant, ciphertext)\n  select id, tenant, :secretCiphertext!::bytea from rotated where :current::bigint is null\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)\n  select\n    tenant, by.type, by.id, by.name, by.\"requestId\", 'endpoint.secret_rotated', :subject!,\n    jsonb_strip_nulls(jsonb_build_object(\n      'signature', case when :publicKey is null then 'v1' else 'v1a' end,\n      'previousExpiresAt', (select to_char(max(expires_at) at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') from kept)\n    ))\n  from rotated, by\n),\nnudged as (\n  insert into dispatch_outbox (tenant, shard, topic, value)\n  select tenant, shard, 'control', convert_to(format('{\"kind\":\"endpoint_changed\",\"endpoint\":%s}', id), 'UTF8')\n  from rotated, generate_series(0, (select shards from installation) - 1) as shard\n)\nselect true as \"rotated\" from rotated"};

/**
 * Query generated from SQL:
 * ```
 * with by as (
 *   select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
 * ),
 * rotated as (
 *   update endpoints
 *   set public_key = :publicKey, updated_at = now()
 *   where id = :id! and version = :version! and deleted_at is null
 *   returning id, tenant
 * ),
 * kept as (
 *   update endpoint_secrets s
 *   set expires_at = least(s.expires_at, now() + :overlapMs!::float8 * interval '1 millisecond')
 *   from rotated
 *   where s.endpoint = rotated.id and s.id is distinct from :current and :overlapMs!::float8 > 0 and (s.expires_at is null or s.expires_at > now())
 *   returning s.expires_at
 * ),
 * ended as (
 *   delete from endpoint_secrets
 *   where endpoint in (select id from rotated) and id is distinct from :current and (:overlapMs!::float8 = 0 or expires_at <= now())
 * ),
 * added as (
 *   insert into endpoint_secrets (endpoint, tenant, ciphertext)
 *   select id, tenant, :secretCiphertext!::bytea from rotated where :current::bigint is null
 * ),
 * audited as (
 *   insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
 *   select
 *     tenant, by.type, by.id, by.name, by."requestId", 'endpoint.secret_rotated', :subject!,
 *     jsonb_strip_nulls(jsonb_build_object(
 *       'signature', case when :publicKey is null then 'v1' else 'v1a' end,
 *       'previousExpiresAt', (select to_char(max(expires_at) at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') from kept)
 *     ))
 *   from rotated, by
 * ),
 * nudged as (
 *   insert into dispatch_outbox (tenant, shard, topic, value)
 *   select tenant, shard, 'control', convert_to(format('{"kind":"endpoint_changed","endpoint":%s}', id), 'UTF8')
 *   from rotated, generate_series(0, (select shards from installation) - 1) as shard
 * )
 * select true as "rotated" from rotated
 * ```
 */
export const rotateEndpointSecret = new PreparedQuery<IRotateEndpointSecretParams,IRotateEndpointSecretResult>(rotateEndpointSecretIR);


