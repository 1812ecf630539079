/** Types generated for queries found in "libs/upkeep/find-expired-rejections.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

/** 'FindExpiredRejections' parameters type */
export interface IFindExpiredRejectionsParams {
  limit: NumberOrString;
  retentionMs: number;
}

/** 'FindExpiredRejections' return type */
export interface IFindExpiredRejectionsResult {
  place: string;
}

/** 'FindExpiredRejections' query type */
export interface IFindExpiredRejectionsQuery {
  params: IFindExpiredRejectionsParams;
  result: IFindExpiredRejectionsResult;
}

const findExpiredRejectionsIR: any = {"usedParamSet":{"retentionMs":true,"limit":true},"params":[{"name":"retentionMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":69,"b":81}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":124,"b":130}]}],"statement":"select ctid::text as \"place!\"\nfrom rejections\nwhere minute < now() - :retentionMs!::float8 * interval '1 millisecond'\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select ctid::text as "place!"
 * from rejections
 * where minute < now() - :retentionMs!::float8 * interval '1 millisecond'
 * limit :limit!
 * ```
 */
export const findExpiredRejections = new PreparedQuery<IFindExpiredRejectionsParams,IFindExpiredRejectionsResult>(findExpiredRejectionsIR);


