/** Types generated for queries found in "libs/manage/sources/change-source.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type duplicates_policy = 'conflict' | 'replay';

export type resubmit_policy = 'none' | 'requeue-dead';

export type BufferArray = (Buffer)[];

export type stringArray = (string)[];

/** 'ChangeSource' parameters type */
export interface IChangeSourceParams {
  by: string;
  changes: stringArray;
  duplicates?: duplicates_policy | null | void;
  enabled?: boolean | null | void;
  id: number;
  name?: string | null | void;
  resubmit?: resubmit_policy | null | void;
  secrets: BufferArray;
  setsSecrets: boolean;
  settings?: string | null | void;
  subject: string;
  tenant: string;
  version: string;
}

/** 'ChangeSource' return type */
export interface IChangeSourceResult {
  hadVersion: boolean;
  isNameTaken: boolean;
}

/** 'ChangeSource' query type */
export interface IChangeSourceQuery {
  params: IChangeSourceParams;
  result: IChangeSourceResult;
}

const changeSourceIR: any = {"usedParamSet":{"by":true,"tenant":true,"name":true,"id":true,"version":true,"settings":true,"duplicates":true,"resubmit":true,"enabled":true,"setsSecrets":true,"secrets":true,"subject":true,"changes":true},"params":[{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":45,"b":48}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":244,"b":251}]},{"name":"name","required":false,"transform":{"type":"scalar"},"locs":[{"a":257,"b":261},{"a":552,"b":556},{"a":683,"b":687}]},{"name":"id","required":true,"transform":{"type":"scalar"},"locs":[{"a":386,"b":389}]},{"name":"version","required":true,"transform":{"type":"scalar"},"locs":[{"a":410,"b":418}]},{"name":"settings","required":false,"transform":{"type":"scalar"},"locs":[{"a":720,"b":728}]},{"name":"duplicates","required":false,"transform":{"type":"scalar"},"locs":[{"a":782,"b":792}]},{"name":"resubmit","required":false,"transform":{"type":"scalar"},"locs":[{"a":856,"b":864}]},{"name":"enabled","required":false,"transform":{"type":"scalar"},"locs":[{"a":922,"b":929}]},{"name":"setsSecrets","required":true,"transform":{"type":"scalar"},"locs":[{"a":1265,"b":1277},{"a":1550,"b":1562},{"a":1740,"b":1752}]},{"name":"secrets","required":true,"transform":{"type":"scalar"},"locs":[{"a":1675,"b":1683}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":1973,"b":1981}]},{"name":"changes","required":true,"transform":{"type":"scalar"},"locs":[{"a":2019,"b":2027}]}],"statement":"with by as (\n  select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n),\n-- As in create-source.sql, and before the source, as there.\nowner as materialized (\n  select id from tenants where id = :tenant! and :name::text is not null for no key update\n),\nheld as (\n  select s.id\n  from sources s\n    left join owner on true\n  where s.id = :id! and s.changed_by = :version!::text::xid8 and s.deleted_at is null\n  for update of s\n),\nnamed as materialized (\n  select held.id, coalesce(source_named(owner.id, :name::text) <> held.id, false) as is_taken\n  from held\n    left join owner on true\n),\nwanted as (\n  select\n    s.id,\n    coalesce(:name, s.name) as name,\n    coalesce(:settings::text::jsonb, s.settings) as settings,\n    coalesce(:duplicates::duplicates_policy, s.duplicates) as duplicates,\n    coalesce(:resubmit::resubmit_policy, s.resubmit) as resubmit,\n    coalesce(:enabled, s.enabled) as enabled\n  from named\n    join sources s on s.id = named.id\n  where not named.is_taken\n),\nchanged as (\n  update sources s\n  set\n    name = w.name, settings = w.settings, duplicates = w.duplicates, resubmit = w.resubmit, enabled = w.enabled,\n    updated_at = now()\n  from wanted w\n  where\n    s.id = w.id\n    and (\n      :setsSecrets!\n      or (s.name, s.settings, s.duplicates, s.resubmit, s.enabled)\n      is distinct from (w.name, w.settings, w.duplicates, w.resubmit, w.enabled)\n    )\n  returning s.id, s.tenant\n),\nended as (\n  delete from source_secrets\n  where source in (select id from changed) and :setsSecrets!\n),\nadded as (\n  insert into source_secrets (source, secret)\n  select changed.id, secret\n  from changed, unnest(:secrets!::bytea[]) with ordinality as s (secret, place)\n  where :setsSecrets!\n  order by place desc\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)\n  select\n    tenant, by.type, by.id, by.name, by.\"requestId\", 'source.updated', :subject!,\n    jsonb_build_object('settings', :changes!::text[])\n  from changed, by\n)\nselect exists(select from held) as \"hadVersion!\", coalesce((select is_taken from named), false) as \"isNameTaken!\""};

/**
 * Query generated from SQL:
 * ```
 * with by as (
 *   select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
 * ),
 * -- As in create-source.sql, and before the source, as there.
 * owner as materialized (
 *   select id from tenants where id = :tenant! and :name::text is not null for no key update
 * ),
 * held as (
 *   select s.id
 *   from sources s
 *     left join owner on true
 *   where s.id = :id! and s.changed_by = :version!::text::xid8 and s.deleted_at is null
 *   for update of s
 * ),
 * named as materialized (
 *   select held.id, coalesce(source_named(owner.id, :name::text) <> held.id, false) as is_taken
 *   from held
 *     left join owner on true
 * ),
 * wanted as (
 *   select
 *     s.id,
 *     coalesce(:name, s.name) as name,
 *     coalesce(:settings::text::jsonb, s.settings) as settings,
 *     coalesce(:duplicates::duplicates_policy, s.duplicates) as duplicates,
 *     coalesce(:resubmit::resubmit_policy, s.resubmit) as resubmit,
 *     coalesce(:enabled, s.enabled) as enabled
 *   from named
 *     join sources s on s.id = named.id
 *   where not named.is_taken
 * ),
 * changed as (
 *   update sources s
 *   set
 *     name = w.name, settings = w.settings, duplicates = w.duplicates, resubmit = w.resubmit, enabled = w.enabled,
 *     updated_at = now()
 *   from wanted w
 *   where
 *     s.id = w.id
 *     and (
 *       :setsSecrets!
 *       or (s.name, s.settings, s.duplicates, s.resubmit, s.enabled)
 *       is distinct from (w.name, w.settings, w.duplicates, w.resubmit, w.enabled)
 *     )
 *   returning s.id, s.tenant
 * ),
 * ended as (
 *   delete from source_secrets
 *   where source in (select id from changed) and :setsSecrets!
 * ),
 * added as (
 *   insert into source_secrets (source, secret)
 *   select changed.id, secret
 *   from changed, unnest(:secrets!::bytea[]) with ordinality as s (secret, place)
 *   where :setsSecrets!
 *   order by place desc
 * ),
 * audited as (
 *   insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
 *   select
 *     tenant, by.type, by.id, by.name, by."requestId", 'source.updated', :subject!,
 *     jsonb_build_object('settings', :changes!::text[])
 *   from changed, by
 * )
 * select exists(select from held) as "hadVersion!", coalesce((select is_taken from named), false) as "isNameTaken!"
 * ```
 */
export const changeSource = new PreparedQuery<IChangeSourceParams,IChangeSourceResult>(changeSourceIR);


