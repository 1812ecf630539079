/** Types generated for queries found in "libs/manage/sources/set-environment-secret.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'SetEnvironmentSecret' parameters type */
export interface ISetEnvironmentSecretParams {
  by: string;
  id: number;
  most: number;
  secret: Buffer;
  subject: string;
  variable: string;
  version: string;
}

/** 'SetEnvironmentSecret' return type */
export interface ISetEnvironmentSecretResult {
  changed: boolean | null;
}

/** 'SetEnvironmentSecret' query type */
export interface ISetEnvironmentSecretQuery {
  params: ISetEnvironmentSecretParams;
  result: ISetEnvironmentSecretResult;
}

const setEnvironmentSecretIR: any = {"usedParamSet":{"by":true,"id":true,"version":true,"most":true,"secret":true,"subject":true,"variable":true},"params":[{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":45,"b":48}]},{"name":"id","required":true,"transform":{"type":"scalar"},"locs":[{"a":191,"b":194}]},{"name":"version","required":true,"transform":{"type":"scalar"},"locs":[{"a":213,"b":221}]},{"name":"most","required":true,"transform":{"type":"scalar"},"locs":[{"a":498,"b":503}]},{"name":"secret","required":true,"transform":{"type":"scalar"},"locs":[{"a":731,"b":738}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":970,"b":978}]},{"name":"variable","required":true,"transform":{"type":"scalar"},"locs":[{"a":1008,"b":1017}]}],"statement":"with by as (\n  select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n),\nchanged as (\n  update sources\n  set updated_at = now()\n  where id = :id! and changed_by = :version!::text::xid8 and deleted_at is null\n  returning id, tenant\n),\nkept as materialized (\n  select s.id\n  from changed\n    join source_secrets s on s.source = changed.id\n  where not s.from_environment and (s.expires_at is null or s.expires_at > now())\n  order by s.id desc\n  limit :most!::integer - 1\n),\nended as (\n  delete from source_secrets\n  where source in (select id from changed) and id not in (select id from kept)\n),\nadded as (\n  insert into source_secrets (source, secret, from_environment)\n  select id, :secret!::bytea, true from changed\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)\n  select\n    tenant, by.type, by.id, by.name, by.\"requestId\", 'source.secret_rotated', :subject!, jsonb_build_object('from', :variable!::text)\n  from changed, by\n)\nselect true as \"changed\" from changed"};

/**
 * Query generated from SQL:
 * ```
 * with by as (
 *   select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
 * ),
 * changed as (
 *   update sources
 *   set updated_at = now()
 *   where id = :id! and changed_by = :version!::text::xid8 and deleted_at is null
 *   returning id, tenant
 * ),
 * kept as materialized (
 *   select s.id
 *   from changed
 *     join source_secrets s on s.source = changed.id
 *   where not s.from_environment and (s.expires_at is null or s.expires_at > now())
 *   order by s.id desc
 *   limit :most!::integer - 1
 * ),
 * ended as (
 *   delete from source_secrets
 *   where source in (select id from changed) and id not in (select id from kept)
 * ),
 * added as (
 *   insert into source_secrets (source, secret, from_environment)
 *   select id, :secret!::bytea, true from changed
 * ),
 * audited as (
 *   insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
 *   select
 *     tenant, by.type, by.id, by.name, by."requestId", 'source.secret_rotated', :subject!, jsonb_build_object('from', :variable!::text)
 *   from changed, by
 * )
 * select true as "changed" from changed
 * ```
 */
export const setEnvironmentSecret = new PreparedQuery<ISetEnvironmentSecretParams,ISetEnvironmentSecretResult>(setEnvironmentSecretIR);


