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

const listAuditIR: any = {"usedParamSet":{"mostRead":true,"tenants":true,"subject":true,"from":true,"beforeMoment":true,"beforeId":true,"actor":true,"action":true,"limit":true},"params":[{"name":"mostRead","required":true,"transform":{"type":"scalar"},"locs":[{"a":389,"b":398},{"a":963,"b":972},{"a":1563,"b":1572},{"a":1656,"b":1665}]},{"name":"tenants","required":true,"transform":{"type":"scalar"},"locs":[{"a":475,"b":483},{"a":1079,"b":1087}]},{"name":"subject","required":false,"transform":{"type":"scalar"},"locs":[{"a":629,"b":636},{"a":1279,"b":1286}]},{"name":"from","required":true,"transform":{"type":"scalar"},"locs":[{"a":736,"b":741},{"a":1336,"b":1341}]},{"name":"beforeMoment","required":true,"transform":{"type":"scalar"},"locs":[{"a":832,"b":845},{"a":1432,"b":1445}]},{"name":"beforeId","required":true,"transform":{"type":"scalar"},"locs":[{"a":883,"b":892},{"a":1483,"b":1492}]},{"name":"actor","required":false,"transform":{"type":"scalar"},"locs":[{"a":1737,"b":1742},{"a":1771,"b":1776}]},{"name":"action","required":false,"transform":{"type":"scalar"},"locs":[{"a":1784,"b":1790},{"a":1820,"b":1826}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":1911,"b":1917}]}],"statement":"select\n  a.id as \"id!\", a.at as \"at!\", (extract(epoch from a.at) * 1000000)::bigint as \"microseconds!\",\n  audited_actor(a.actor_type, a.actor, a.actor_name) as \"actor!\", a.action as \"action!\",\n  a.subject as \"subject!\", a.detail as \"detail!\", a.request_id as \"requestId\", m.matches as \"matches!\", a.is_last as \"isLast!\"\nfrom (\n    select *, row_number() over (order by at desc, id desc) = :mostRead! as is_last\n    from (\n        (\n          select r.*\n          from unnest(:tenants!::text[]) as t (tenant)\n            cross join lateral (\n              select *\n              from audit_log\n              where\n                :subject::text is null and coalesce(tenant, '') = t.tenant\n                and at >= timestamptz 'epoch' + :from!::float8 * interval '1 microsecond'\n                and (at, id) < (timestamptz 'epoch' + :beforeMoment!::float8 * interval '1 microsecond', :beforeId!::bigint)\n              order by at desc, id desc\n              limit :mostRead!::bigint\n            ) r\n        )\n        union all\n        (\n          select r.*\n          from unnest(:tenants!::text[]) as t (tenant)\n            cross join lateral (\n              select *\n              from audit_log\n              where\n                coalesce(tenant, '') = t.tenant and subject = :subject\n                and at >= timestamptz 'epoch' + :from!::float8 * interval '1 microsecond'\n                and (at, id) < (timestamptz 'epoch' + :beforeMoment!::float8 * interval '1 microsecond', :beforeId!::bigint)\n              order by at desc, id desc\n              limit :mostRead!::bigint\n            ) r\n        )\n        order by at desc, id desc\n        limit :mostRead!::bigint\n      ) newest\n  ) a\n  cross join lateral (\n    select\n      (:actor::text is null or a.actor = :actor) and (:action::text is null or a.action = :action) as matches\n  ) m\nwhere m.matches or a.is_last\norder by a.at desc, a.id desc\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   a.id as "id!", a.at as "at!", (extract(epoch from a.at) * 1000000)::bigint as "microseconds!",
 *   audited_actor(a.actor_type, a.actor, a.actor_name) as "actor!", a.action as "action!",
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
 *       (:actor::text is null or a.actor = :actor) and (:action::text is null or a.action = :action) as matches
 *   ) m
 * where m.matches or a.is_last
 * order by a.at desc, a.id desc
 * limit :limit!
 * ```
 */
export const listAudit = new PreparedQuery<IListAuditParams,IListAuditResult>(listAuditIR);


