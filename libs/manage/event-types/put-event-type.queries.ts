/** Types generated for queries found in "libs/manage/event-types/put-event-type.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type event_type_enforcement = 'off' | 'reject';

export type NumberOrString = number | string;

/** 'PutEventType' parameters type */
export interface IPutEventTypeParams {
  by: string;
  deprecated: boolean;
  description: string;
  enforce: event_type_enforcement;
  most: NumberOrString;
  name: string;
  schema?: string | null | void;
  tenant: string;
}

/** 'PutEventType' return type */
export interface IPutEventTypeResult {
  createdAt: Date;
  deprecated: boolean;
  description: string;
  enforce: event_type_enforcement;
  id: number;
  name: string;
  schema: string | null;
  updatedAt: Date;
  version: number;
}

/** 'PutEventType' query type */
export interface IPutEventTypeQuery {
  params: IPutEventTypeParams;
  result: IPutEventTypeResult;
}

const putEventTypeIR: any = {"usedParamSet":{"tenant":true,"name":true,"description":true,"schema":true,"enforce":true,"deprecated":true,"most":true,"by":true},"params":[{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":61,"b":68},{"a":241,"b":248},{"a":390,"b":397},{"a":497,"b":504}]},{"name":"name","required":true,"transform":{"type":"scalar"},"locs":[{"a":124,"b":129},{"a":251,"b":256},{"a":410,"b":415}]},{"name":"description","required":true,"transform":{"type":"scalar"},"locs":[{"a":259,"b":271}]},{"name":"schema","required":false,"transform":{"type":"scalar"},"locs":[{"a":274,"b":280}]},{"name":"enforce","required":true,"transform":{"type":"scalar"},"locs":[{"a":283,"b":291}]},{"name":"deprecated","required":true,"transform":{"type":"scalar"},"locs":[{"a":318,"b":329}]},{"name":"most","required":true,"transform":{"type":"scalar"},"locs":[{"a":532,"b":537}]},{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":1361,"b":1364}]}],"statement":"with removed as (\n  delete from event_types\n  where tenant = :tenant! and deleted_at < now() - interval '1 day' and name <> :name!\n),\nkept as (\n  insert into event_types as t (tenant, name, description, schema, enforce, deprecated)\n  select :tenant!, :name!, :description!, :schema, :enforce!::event_type_enforcement, :deprecated!\n  where\n    exists (select from event_types where tenant = :tenant! and name = :name! and deleted_at is null)\n    or (select count(*) from event_types where tenant = :tenant! and deleted_at is null) < :most!\n  on conflict (tenant, name) do update\n  set\n    description = excluded.description,\n    schema = excluded.schema,\n    enforce = excluded.enforce,\n    deprecated = excluded.deprecated,\n    version = case when t.deleted_at is null then t.version + 1 else 1 end,\n    created_at = case when t.deleted_at is null then t.created_at else now() end,\n    updated_at = now(),\n    deleted_at = null\n  returning *\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)\n  select\n    kept.tenant, by.type, by.id, by.name, by.\"requestId\",\n    'event_type.' || case version when 1 then 'created' else 'changed' end, kept.name,\n    jsonb_build_object('version', version, 'schema', schema is not null, 'enforce', enforce, 'deprecated', deprecated)\n  from kept, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n)\nselect\n  id, name, description, schema, enforce, deprecated, version, created_at as \"createdAt\", updated_at as \"updatedAt\"\nfrom kept"};

/**
 * Query generated from SQL:
 * ```
 * with removed as (
 *   delete from event_types
 *   where tenant = :tenant! and deleted_at < now() - interval '1 day' and name <> :name!
 * ),
 * kept as (
 *   insert into event_types as t (tenant, name, description, schema, enforce, deprecated)
 *   select :tenant!, :name!, :description!, :schema, :enforce!::event_type_enforcement, :deprecated!
 *   where
 *     exists (select from event_types where tenant = :tenant! and name = :name! and deleted_at is null)
 *     or (select count(*) from event_types where tenant = :tenant! and deleted_at is null) < :most!
 *   on conflict (tenant, name) do update
 *   set
 *     description = excluded.description,
 *     schema = excluded.schema,
 *     enforce = excluded.enforce,
 *     deprecated = excluded.deprecated,
 *     version = case when t.deleted_at is null then t.version + 1 else 1 end,
 *     created_at = case when t.deleted_at is null then t.created_at else now() end,
 *     updated_at = now(),
 *     deleted_at = null
 *   returning *
 * ),
 * audited as (
 *   insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
 *   select
 *     kept.tenant, by.type, by.id, by.name, by."requestId",
 *     'event_type.' || case version when 1 then 'created' else 'changed' end, kept.name,
 *     jsonb_build_object('version', version, 'schema', schema is not null, 'enforce', enforce, 'deprecated', deprecated)
 *   from kept, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
 * )
 * select
 *   id, name, description, schema, enforce, deprecated, version, created_at as "createdAt", updated_at as "updatedAt"
 * from kept
 * ```
 */
export const putEventType = new PreparedQuery<IPutEventTypeParams,IPutEventTypeResult>(putEventTypeIR);


