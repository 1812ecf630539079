/** Types generated for queries found in "libs/manage/audit/list-audit.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type NumberOrString = number | string;

export type stringArray = (string)[];

/** 'ListAudit' parameters type */
export interface IListAuditParams {
  action?: string | null | void;
  actor?: string | null | void;
  beforeId: NumberOrString;
  beforeMoment: number;
  from: number;
  limit: NumberOrString;
  mostRead: NumberOrString;
  seesAdminKeys: boolean;
  subject?: string | null | void;
  tenants: stringArray;
}

/** 'ListAudit' return type */
export interface IListAuditResult {
  action: string;
  actor: Json;
  at: Date;
  detail: Json;
  id: number;
  isLast: boolean;
  matches: boolean;
  microseconds: number;
  requestId: string | null;
  subject: string;
}

/** 'ListAudit' query type */
export interface IListAuditQuery {
  params: IListAuditParams;
  result: IListAuditResult;
}

const listAuditIR: any = {"usedParamSet":{"mostRead":true,"tenants":true,"subject":true,"from":true,"beforeMoment":true,"beforeId":true,"seesAdminKeys":true,"actor":true,"action":true,"limit":true},"params":[{"name":"mostRead","required":true,"transform":{"type":"scalar"},"locs":[{"a":465,"b":474},{"a":1039,"b":1048},{"a":1639,"b":1648},{"a":1732,"b":1741}]},{"name":"tenants","required":true,"transform":{"type":"scalar"},"locs":[{"a":551,"b":559},{"a":1155,"b":1163}]},{"name":"subject","required":false,"transform":{"type":"scalar"},"locs":[{"a":705,"b":712},{"a":1355,"b":1362}]},{"name":"from","required":true,"transform":{"type":"scalar"},"locs":[{"a":812,"b":817},{"a":1412,"b":1417}]},{"name":"beforeMoment","required":true,"transform":{"type":"scalar"},"locs":[{"a":908,"b":921},{"a":1508,"b":1521}]},{"name":"beforeId","required":true,"transform":{"type":"scalar"},"locs":[{"a":959,"b":968},{"a":1559,"b":1568}]},{"name":"seesAdminKeys","required":true,"transform":{"type":"scalar"},"locs":[{"a":1826,"b":1840},{"a":2083,"b":2097}]},{"name":"actor","required":false,"transform":{"type":"scalar"},"locs":[{"a":2350,"b":2355},{"a":2430,"b":2435}]},{"name":"action","required":false,"transform":{"type":"scalar"},"locs":[{"a":2449,"b":2455},{"a":2485,"b":2491}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":2576,"b":2582}]}],"statement":"select\n  a.id as \"id!\", a.at as \"at!\", (extract(epoch from a.at) * 1000000)::bigint as \"microseconds!\",\n  case when v.hides_actor then audited_actor('admin', 'admin', null) else audited_actor(a.actor_type, a.actor, a.actor_name) end as \"actor!\", a.action as \"action!\",\n  a.subject as \"subject!\", a.detail as \"detail!\", a.request_id as \"requestId\", m.matches as \"matches!\", a.is_last as \"isLast!\"\nfrom (\n    select *, row_number() over (order by at desc, id desc) = :mostRead! as is_last\n    from (\n        (\n          select r.*\n          from unnest(:tenants!::text[]) as t (tenant)\n            cross join lateral (\n              select *\n              from audit_log\n              where\n                :subject::text is null and coalesce(tenant, '') = t.tenant\n                and at >= timestamptz 'epoch' + :from!::float8 * interval '1 microsecond'\n                and (at, id) < (timestamptz 'epoch' + :beforeMoment!::float8 * interval '1 microsecond', :beforeId!::bigint)\n              order by at desc, id desc\n              limit :mostRead!::bigint\n            ) r\n        )\n        union all\n        (\n          select r.*\n          from unnest(:tenants!::text[]) as t (tenant)\n            cross join lateral (\n              select *\n              from audit_log\n              where\n                coalesce(tenant, '') = t.tenant and subject = :subject\n                and at >= timestamptz 'epoch' + :from!::float8 * interval '1 microsecond'\n                and (at, id) < (timestamptz 'epoch' + :beforeMoment!::float8 * interval '1 microsecond', :beforeId!::bigint)\n              order by at desc, id desc\n              limit :mostRead!::bigint\n            ) r\n        )\n        order by at desc, id desc\n        limit :mostRead!::bigint\n      ) newest\n  ) a\n  cross join lateral (\n    select\n      case when not :seesAdminKeys! and a.actor ~ '^key_[0-9a-f]{32}$' then\n        exists(select from api_keys where public_id = substr(a.actor, 5)::uuid and ('admin' = any(scopes) or tenant is distinct from a.tenant))\n      else false end as hides_actor,\n      case when not :seesAdminKeys! and a.subject ~ '^key_[0-9a-f]{32}$' then\n        exists(select from api_keys where public_id = substr(a.subject, 5)::uuid and 'admin' = any(scopes))\n      else false end as hides_row\n  ) v\n  cross join lateral (\n    select\n      not v.hides_row and (:actor::text is null or case when v.hides_actor then 'admin' else a.actor end = :actor)\n      and (:action::text is null or a.action = :action) as matches\n  ) m\nwhere m.matches or a.is_last\norder by a.at desc, a.id desc\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   a.id as "id!", a.at as "at!", (extract(epoch from a.at) * 1000000)::bigint as "microseconds!",
 *   case when v.hides_actor then audited_actor('admin', 'admin', null) else audited_actor(a.actor_type, a.actor, a.actor_name) end as "actor!", a.action as "action!",
 *   a.subject as "subject!", a.detail as "detail!", a.request_id as "requestId", m.matches as "matches!", a.is_last as "isLast!"
 * from (
 *     select *, row_number() over (order by at desc, id desc) = :mostRead! as is_last
 *     from (
 *         (
 *           select r.*
 *           from unnest(:tenants!::text[]) as t (tenant)
 *             cross join lateral (
 *               select *
 *               from audit_log
 *               where
 *                 :subject::text is null and coalesce(tenant, '') = t.tenant
 *                 and at >= timestamptz 'epoch' + :from!::float8 * interval '1 microsecond'
 *                 and (at, id) < (timestamptz 'epoch' + :beforeMoment!::float8 * interval '1 microsecond', :beforeId!::bigint)
 *               order by at desc, id desc
 *               limit :mostRead!::bigint
 *             ) r
 *         )
 *         union all
 *         (
 *           select r.*
 *           from unnest(:tenants!::text[]) as t (tenant)
 *             cross join lateral (
 *               select *
 *               from audit_log
 *               where
 *                 coalesce(tenant, '') = t.tenant and subject = :subject
 *                 and at >= timestamptz 'epoch' + :from!::float8 * interval '1 microsecond'
 *                 and (at, id) < (timestamptz 'epoch' + :beforeMoment!::float8 * interval '1 microsecond', :beforeId!::bigint)
 *               order by at desc, id desc
 *               limit :mostRead!::bigint
 *             ) r
 *         )
 *         order by at desc, id desc
 *         limit :mostRead!::bigint
 *       ) newest
 *   ) a
 *   cross join lateral (
 *     select
 *       case when not :seesAdminKeys! and a.actor ~ '^key_[0-9a-f]{32}$' then
 *         exists(select from api_keys where public_id = substr(a.actor, 5)::uuid and ('admin' = any(scopes) or tenant is distinct from a.tenant))
 *       else false end as hides_actor,
 *       case when not :seesAdminKeys! and a.subject ~ '^key_[0-9a-f]{32}$' then
 *         exists(select from api_keys where public_id = substr(a.subject, 5)::uuid and 'admin' = any(scopes))
 *       else false end as hides_row
 *   ) v
 *   cross join lateral (
 *     select
 *       not v.hides_row and (:actor::text is null or case when v.hides_actor then 'admin' else a.actor end = :actor)
 *       and (:action::text is null or a.action = :action) as matches
 *   ) m
 * where m.matches or a.is_last
 * order by a.at desc, a.id desc
 * limit :limit!
 * ```
 */
export const listAudit = new PreparedQuery<IListAuditParams,IListAuditResult>(listAuditIR);


