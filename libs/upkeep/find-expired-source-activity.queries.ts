/** Types generated for queries found in "libs/upkeep/find-expired-source-activity.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

/** 'FindExpiredSourceActivity' parameters type */
export interface IFindExpiredSourceActivityParams {
  limit: NumberOrString;
  retentionMs: number;
}

/** 'FindExpiredSourceActivity' return type */
export interface IFindExpiredSourceActivityResult {
  place: string;
}

/** 'FindExpiredSourceActivity' query type */
export interface IFindExpiredSourceActivityQuery {
  params: IFindExpiredSourceActivityParams;
  result: IFindExpiredSourceActivityResult;
}

const findExpiredSourceActivityIR: any = {"usedParamSet":{"retentionMs":true,"limit":true},"params":[{"name":"retentionMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":74,"b":86}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":129,"b":135}]}],"statement":"select ctid::text as \"place!\"\nfrom source_activity\nwhere minute < now() - :retentionMs!::float8 * interval '1 millisecond'\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select ctid::text as "place!"
 * from source_activity
 * where minute < now() - :retentionMs!::float8 * interval '1 millisecond'
 * limit :limit!
 * ```
 */
export const findExpiredSourceActivity = new PreparedQuery<IFindExpiredSourceActivityParams,IFindExpiredSourceActivityResult>(findExpiredSourceActivityIR);


