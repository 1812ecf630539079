/** Types generated for queries found in "libs/manage/sources/set-environment-secret.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'SetEnvironmentSecret' parameters type */
export interface ISetEnvironmentSecretParams {
  by: string;
  id: number;
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

const setEnvironmentSecretIR: any = {"usedParamSet":{"by":true,"id":true,"version":true,"secret":true,"subject":true,"variable":true},"params":[{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":45,"b":48}]},{"name":"id","required":true,"transform":{"type":"scalar"},"locs":[{"a":191,"b":194}]},{"name":"version","required":true,"transform":{"type":"scalar"},"locs":[{"a":213,"b":221}]},{"name":"secret","required":true,"transform":{"type":"scalar"},"locs":[{"a":477,"b":484}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":716,"b":724}]},{"name":"variable","required":true,"transform":{"type":"scalar"},"locs":[{"a":754,"b":763}]}],"statement":"with by as (\n  select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n),\nchanged as (\n  update sources\n  set updated_at = now()\n  where id = :id! and changed_by = :version!::text::xid8 and deleted_at is null\n  returning id, tenant\n),\nended as (\n  delete from source_secrets where source in (select id from changed) and from_environment\n),\nadded as (\n  insert into source_secrets (source, secret, from_environment)\n  select id, :secret!::bytea, true from changed\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)\n  select\n    tenant, by.type, by.id, by.name, by.\"requestId\", 'source.secret_rotated', :subject!, jsonb_build_object('from', :variable!::text)\n  from changed, by\n)\nselect true as \"changed\" from changed"};

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
 * ended as (
 *   delete from source_secrets where source in (select id from changed) and from_environment
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


