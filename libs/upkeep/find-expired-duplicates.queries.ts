/** Types generated for queries found in "libs/upkeep/find-expired-duplicates.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

/** 'FindExpiredDuplicates' parameters type */
export interface IFindExpiredDuplicatesParams {
  limit: NumberOrString;
  retentionMs: number;
}

/** 'FindExpiredDuplicates' return type */
export interface IFindExpiredDuplicatesResult {
  place: string;
}

/** 'FindExpiredDuplicates' query type */
export interface IFindExpiredDuplicatesQuery {
  params: IFindExpiredDuplicatesParams;
  result: IFindExpiredDuplicatesResult;
}

const findExpiredDuplicatesIR: any = {"usedParamSet":{"retentionMs":true,"limit":true},"params":[{"name":"retentionMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":75,"b":87}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":130,"b":136}]}],"statement":"select ctid::text as \"place!\"\nfrom event_duplicates\nwhere minute < now() - :retentionMs!::float8 * interval '1 millisecond'\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select ctid::text as "place!"
 * from event_duplicates
 * where minute < now() - :retentionMs!::float8 * interval '1 millisecond'
 * limit :limit!
 * ```
 */
export const findExpiredDuplicates = new PreparedQuery<IFindExpiredDuplicatesParams,IFindExpiredDuplicatesResult>(findExpiredDuplicatesIR);


