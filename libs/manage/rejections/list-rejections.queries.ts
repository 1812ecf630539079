/** Types generated for queries found in "libs/manage/rejections/list-rejections.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type DateOrString = Date | string;

export type NumberOrString = number | string;

/** 'ListRejections' parameters type */
export interface IListRejectionsParams {
  beforeId: NumberOrString;
  beforeMinute: number;
  code?: string | null | void;
  from: DateOrString;
  key?: string | null | void;
  limit: NumberOrString;
  mostRead: NumberOrString;
  source?: string | null | void;
  tenant: string;
  to: DateOrString;
}

/** 'ListRejections' return type */
export interface IListRejectionsResult {
  code: string;
  id: number;
  isLast: boolean;
  key: string;
  lastAt: Date;
  lastDetail: string;
  matches: boolean;
  minute: Date;
  requests: number;
  source: string;
}

/** 'ListRejections' query type */
export interface IListRejectionsQuery {
  params: IListRejectionsParams;
  result: IListRejectionsResult;
}

const listRejectionsIR: any = {"usedParamSet":{"mostRead":true,"tenant":true,"from":true,"to":true,"beforeMinute":true,"beforeId":true,"source":true,"key":true,"code":true,"limit":true},"params":[{"name":"mostRead","required":true,"transform":{"type":"scalar"},"locs":[{"a":239,"b":248},{"a":565,"b":574}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":346,"b":353}]},{"name":"from","required":true,"transform":{"type":"scalar"},"locs":[{"a":369,"b":374}]},{"name":"to","required":true,"transform":{"type":"scalar"},"locs":[{"a":402,"b":405}]},{"name":"beforeMinute","required":true,"transform":{"type":"scalar"},"locs":[{"a":463,"b":476}]},{"name":"beforeId","required":true,"transform":{"type":"scalar"},"locs":[{"a":493,"b":502}]},{"name":"source","required":false,"transform":{"type":"scalar"},"locs":[{"a":646,"b":652},{"a":682,"b":688}]},{"name":"key","required":false,"transform":{"type":"scalar"},"locs":[{"a":696,"b":699},{"a":726,"b":729}]},{"name":"code","required":false,"transform":{"type":"scalar"},"locs":[{"a":745,"b":749},{"a":777,"b":781}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":870,"b":876}]}],"statement":"select\n  r.id, r.minute, r.source, r.key, r.code, r.requests, r.last_detail as \"lastDetail\", r.last_at as \"lastAt\",\n  m.matches as \"matches!\", r.is_last as \"isLast!\"\nfrom (\n    select *, row_number() over (order by minute desc, id desc) = :mostRead! as is_last\n    from (\n        select *\n        from rejections\n        where\n          tenant = :tenant! and minute >= :from!::timestamptz and minute < :to!::timestamptz\n          and (minute, id) < (to_timestamp(:beforeMinute!::float8 * 60), :beforeId!::bigint)\n        order by minute desc, id desc\n        limit :mostRead!::bigint\n      ) newest\n  ) r\n  cross join lateral (\n    select\n      (:source::text is null or r.source = :source) and (:key::text is null or r.key = :key)\n        and (:code::text is null or r.code = :code) as matches\n  ) m\nwhere m.matches or r.is_last\norder by r.minute desc, r.id desc\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   r.id, r.minute, r.source, r.key, r.code, r.requests, r.last_detail as "lastDetail", r.last_at as "lastAt",
 *   m.matches as "matches!", r.is_last as "isLast!"
 * from (
 *     select *, row_number() over (order by minute desc, id desc) = :mostRead! as is_last
 *     from (
 *         select *
 *         from rejections
 *         where
 *           tenant = :tenant! and minute >= :from!::timestamptz and minute < :to!::timestamptz
 *           and (minute, id) < (to_timestamp(:beforeMinute!::float8 * 60), :beforeId!::bigint)
 *         order by minute desc, id desc
 *         limit :mostRead!::bigint
 *       ) newest
 *   ) r
 *   cross join lateral (
 *     select
 *       (:source::text is null or r.source = :source) and (:key::text is null or r.key = :key)
 *         and (:code::text is null or r.code = :code) as matches
 *   ) m
 * where m.matches or r.is_last
 * order by r.minute desc, r.id desc
 * limit :limit!
 * ```
 */
export const listRejections = new PreparedQuery<IListRejectionsParams,IListRejectionsResult>(listRejectionsIR);


