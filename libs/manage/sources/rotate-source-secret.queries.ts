/** Types generated for queries found in "libs/manage/sources/rotate-source-secret.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type BufferArray = (Buffer)[];

/** 'RotateSourceSecret' parameters type */
export interface IRotateSourceSecretParams {
  by: string;
  id: number;
  most: number;
  overlapMs: number;
  secrets: BufferArray;
  subject: string;
  version: string;
}

/** 'RotateSourceSecret' return type */
export interface IRotateSourceSecretResult {
  rotated: boolean | null;
}

/** 'RotateSourceSecret' query type */
export interface IRotateSourceSecretQuery {
  params: IRotateSourceSecretParams;
  result: IRotateSourceSecretResult;
}

const rotateSourceSecretIR: any = {"usedParamSet":{"by":true,"overlapMs":true,"id":true,"version":true,"most":true,"secrets":true,"subject":true},"params":[{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":45,"b":48}]},{"name":"overlapMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":146,"b":156},{"a":188,"b":198}]},{"name":"id","required":true,"transform":{"type":"scalar"},"locs":[{"a":274,"b":277}]},{"name":"version","required":true,"transform":{"type":"scalar"},"locs":[{"a":296,"b":304}]},{"name":"most","required":true,"transform":{"type":"scalar"},"locs":[{"a":721,"b":726}]},{"name":"secrets","required":true,"transform":{"type":"scalar"},"locs":[{"a":751,"b":759},{"a":1112,"b":1120},{"a":1477,"b":1485}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":1395,"b":1403}]}],"statement":"with by as (\n  select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n),\nheld as (\n  select id, :overlapMs!::float8 > 0 as lasts, now() + :overlapMs!::float8 * interval '1 millisecond' as ends_at\n  from sources\n  where id = :id! and changed_by = :version!::text::xid8 and deleted_at is null\n  for update\n),\nrotated as (\n  update sources s\n  set updated_at = now()\n  from held\n  where s.id = held.id\n  returning s.id, s.tenant\n),\nkept as materialized (\n  select s.id, least(s.expires_at, held.ends_at) as ends_at\n  from held\n    join source_secrets s on s.source = held.id\n  where held.lasts and (s.expires_at is null or s.expires_at > now())\n  order by s.id desc\n  limit :most!::integer - cardinality(:secrets!::bytea[])\n),\nended as (\n  delete from source_secrets\n  where source in (select id from held) and id not in (select id from kept)\n),\nshortened as (\n  update source_secrets s\n  set expires_at = kept.ends_at\n  from kept\n  where s.id = kept.id\n),\nadded as (\n  insert into source_secrets (source, secret)\n  select rotated.id, secret\n  from rotated, unnest(:secrets!::bytea[]) with ordinality as s (secret, place)\n  order by place desc\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)\n  select\n    tenant, by.type, by.id, by.name, by.\"requestId\", 'source.secret_rotated', :subject!,\n    jsonb_strip_nulls(jsonb_build_object(\n      'secrets', cardinality(:secrets!::bytea[]),\n      'previousExpiresAt', (select to_char(max(ends_at) at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') from kept)\n    ))\n  from rotated, by\n)\nselect true as \"rotated\" from rotated"};

/**
 * Query generated from SQL:
 * ```
 * with by as (
 *   select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
 * ),
 * held as (
 *   select id, :overlapMs!::float8 > 0 as lasts, now() + :overlapMs!::float8 * interval '1 millisecond' as ends_at
 *   from sources
 *   where id = :id! and changed_by = :version!::text::xid8 and deleted_at is null
 *   for update
 * ),
 * rotated as (
 *   update sources s
 *   set updated_at = now()
 *   from held
 *   where s.id = held.id
 *   returning s.id, s.tenant
 * ),
 * kept as materialized (
 *   select s.id, least(s.expires_at, held.ends_at) as ends_at
 *   from held
 *     join source_secrets s on s.source = held.id
 *   where held.lasts and (s.expires_at is null or s.expires_at > now())
 *   order by s.id desc
 *   limit :most!::integer - cardinality(:secrets!::bytea[])
 * ),
 * ended as (
 *   delete from source_secrets
 *   where source in (select id from held) and id not in (select id from kept)
 * ),
 * shortened as (
 *   update source_secrets s
 *   set expires_at = kept.ends_at
 *   from kept
 *   where s.id = kept.id
 * ),
 * added as (
 *   insert into source_secrets (source, secret)
 *   select rotated.id, secret
 *   from rotated, unnest(:secrets!::bytea[]) with ordinality as s (secret, place)
 *   order by place desc
 * ),
 * audited as (
 *   insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
 *   select
 *     tenant, by.type, by.id, by.name, by."requestId", 'source.secret_rotated', :subject!,
 *     jsonb_strip_nulls(jsonb_build_object(
 *       'secrets', cardinality(:secrets!::bytea[]),
 *       'previousExpiresAt', (select to_char(max(ends_at) at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') from kept)
 *     ))
 *   from rotated, by
 * )
 * select true as "rotated" from rotated
 * ```
 */
export const rotateSourceSecret = new PreparedQuery<IRotateSourceSecretParams,IRotateSourceSecretResult>(rotateSourceSecretIR);


