/** Types generated for queries found in "libs/manage/tenants/put-tenant.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type stringArray = (string)[];

/** 'PutTenant' parameters type */
export interface IPutTenantParams {
  burst?: number | null | void;
  by: string;
  enabled?: boolean | null | void;
  id: string;
  metadata?: string | null | void;
  name?: string | null | void;
  perSecond?: number | null | void;
  refusesUnknownTypes?: boolean | null | void;
  setsRateLimit: boolean;
  settings: stringArray;
}

/** 'PutTenant' return type */
export interface IPutTenantResult {
  burst: number | null;
  createdAt: Date;
  enabled: boolean;
  id: string;
  isCreated: boolean;
  metadata: Json;
  name: string;
  number: number;
  perSecond: number | null;
  refusesUnknownTypes: boolean;
  updatedAt: Date;
}

/** 'PutTenant' query type */
export interface IPutTenantQuery {
  params: IPutTenantParams;
  result: IPutTenantResult;
}

const putTenantIR: any = {"usedParamSet":{"by":true,"id":true,"name":true,"metadata":true,"enabled":true,"perSecond":true,"burst":true,"refusesUnknownTypes":true,"setsRateLimit":true,"settings":true},"params":[{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":45,"b":48}]},{"name":"id","required":true,"transform":{"type":"scalar"},"locs":[{"a":268,"b":271},{"a":2388,"b":2391}]},{"name":"name","required":false,"transform":{"type":"scalar"},"locs":[{"a":283,"b":287},{"a":497,"b":501},{"a":1090,"b":1094}]},{"name":"metadata","required":false,"transform":{"type":"scalar"},"locs":[{"a":304,"b":312},{"a":537,"b":545},{"a":1115,"b":1123}]},{"name":"enabled","required":false,"transform":{"type":"scalar"},"locs":[{"a":344,"b":351},{"a":597,"b":604},{"a":1161,"b":1168}]},{"name":"perSecond","required":false,"transform":{"type":"scalar"},"locs":[{"a":361,"b":370},{"a":678,"b":687},{"a":1220,"b":1229}]},{"name":"burst","required":false,"transform":{"type":"scalar"},"locs":[{"a":385,"b":390},{"a":785,"b":790},{"a":1310,"b":1315}]},{"name":"refusesUnknownTypes","required":false,"transform":{"type":"scalar"},"locs":[{"a":411,"b":430},{"a":867,"b":886},{"a":1370,"b":1389}]},{"name":"setsRateLimit","required":true,"transform":{"type":"scalar"},"locs":[{"a":657,"b":671},{"a":764,"b":778},{"a":1199,"b":1213},{"a":1289,"b":1303}]},{"name":"settings","required":true,"transform":{"type":"scalar"},"locs":[{"a":1855,"b":1864}]}],"statement":"with by as (\n  select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n),\nput as (\n  insert into tenants as t (id, name, metadata, enabled, rate_limit_per_second, rate_limit_burst, refuses_unknown_types)\n  values (\n    :id!, coalesce(:name, ''), coalesce(:metadata::text::jsonb, '{}'), coalesce(:enabled, true), :perSecond::float8,\n    :burst::integer, coalesce(:refusesUnknownTypes, false)\n  )\n  on conflict (id) do update set\n    name = coalesce(:name, t.name),\n    metadata = coalesce(:metadata::text::jsonb, t.metadata),\n    enabled = coalesce(:enabled, t.enabled),\n    rate_limit_per_second = case when :setsRateLimit! then :perSecond::float8 else t.rate_limit_per_second end,\n    rate_limit_burst = case when :setsRateLimit! then :burst::integer else t.rate_limit_burst end,\n    refuses_unknown_types = coalesce(:refusesUnknownTypes, t.refuses_unknown_types),\n    updated_at = now()\n  where\n    (t.name, t.metadata, t.enabled, t.rate_limit_per_second, t.rate_limit_burst, t.refuses_unknown_types)\n    is distinct from (\n      coalesce(:name, t.name), coalesce(:metadata::text::jsonb, t.metadata), coalesce(:enabled, t.enabled),\n      case when :setsRateLimit! then :perSecond::float8 else t.rate_limit_per_second end,\n      case when :setsRateLimit! then :burst::integer else t.rate_limit_burst end,\n      coalesce(:refusesUnknownTypes, t.refuses_unknown_types)\n    )\n  -- A row that was just inserted has no transaction that has locked or replaced a version of it.\n  returning t.*, t.xmax = 0 as is_created\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)\n  select\n    put.id, by.type, by.id, by.name, by.\"requestId\", case when is_created then 'tenant.created' else 'tenant.changed' end,\n    put.id, jsonb_build_object('settings', :settings!::text[])\n  from put, by\n)\nselect\n  id as \"id!\", number as \"number!\", name as \"name!\", metadata as \"metadata!\", enabled as \"enabled!\",\n  rate_limit_per_second as \"perSecond\", rate_limit_burst as \"burst\", refuses_unknown_types as \"refusesUnknownTypes!\",\n  created_at as \"createdAt!\", updated_at as \"updatedAt!\", is_created as \"isCreated!\"\nfrom put\nunion all\nselect\n  id, number, name, metadata, enabled, rate_limit_per_second, rate_limit_burst, refuses_unknown_types, created_at, updated_at,\n  false\nfrom tenants\nwhere id = :id! and not exists(select from put)"};

/**
 * Query generated from SQL:
 * ```
 * with by as (
 *   select * from jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
 * ),
 * put as (
 *   insert into tenants as t (id, name, metadata, enabled, rate_limit_per_second, rate_limit_burst, refuses_unknown_types)
 *   values (
 *     :id!, coalesce(:name, ''), coalesce(:metadata::text::jsonb, '{}'), coalesce(:enabled, true), :perSecond::float8,
 *     :burst::integer, coalesce(:refusesUnknownTypes, false)
 *   )
 *   on conflict (id) do update set
 *     name = coalesce(:name, t.name),
 *     metadata = coalesce(:metadata::text::jsonb, t.metadata),
 *     enabled = coalesce(:enabled, t.enabled),
 *     rate_limit_per_second = case when :setsRateLimit! then :perSecond::float8 else t.rate_limit_per_second end,
 *     rate_limit_burst = case when :setsRateLimit! then :burst::integer else t.rate_limit_burst end,
 *     refuses_unknown_types = coalesce(:refusesUnknownTypes, t.refuses_unknown_types),
 *     updated_at = now()
 *   where
 *     (t.name, t.metadata, t.enabled, t.rate_limit_per_second, t.rate_limit_burst, t.refuses_unknown_types)
 *     is distinct from (
 *       coalesce(:name, t.name), coalesce(:metadata::text::jsonb, t.metadata), coalesce(:enabled, t.enabled),
 *       case when :setsRateLimit! then :perSecond::float8 else t.rate_limit_per_second end,
 *       case when :setsRateLimit! then :burst::integer else t.rate_limit_burst end,
 *       coalesce(:refusesUnknownTypes, t.refuses_unknown_types)
 *     )
 *   -- A row that was just inserted has no transaction that has locked or replaced a version of it.
 *   returning t.*, t.xmax = 0 as is_created
 * ),
 * audited as (
 *   insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
 *   select
 *     put.id, by.type, by.id, by.name, by."requestId", case when is_created then 'tenant.created' else 'tenant.changed' end,
 *     put.id, jsonb_build_object('settings', :settings!::text[])
 *   from put, by
 * )
 * select
 *   id as "id!", number as "number!", name as "name!", metadata as "metadata!", enabled as "enabled!",
 *   rate_limit_per_second as "perSecond", rate_limit_burst as "burst", refuses_unknown_types as "refusesUnknownTypes!",
 *   created_at as "createdAt!", updated_at as "updatedAt!", is_created as "isCreated!"
 * from put
 * union all
 * select
 *   id, number, name, metadata, enabled, rate_limit_per_second, rate_limit_burst, refuses_unknown_types, created_at, updated_at,
 *   false
 * from tenants
 * where id = :id! and not exists(select from put)
 * ```
 */
export const putTenant = new PreparedQuery<IPutTenantParams,IPutTenantResult>(putTenantIR);


