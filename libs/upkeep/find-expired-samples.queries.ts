/** Types generated for queries found in "libs/upkeep/find-expired-samples.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

/** 'FindExpiredSamples' parameters type */
export interface IFindExpiredSamplesParams {
  limit: NumberOrString;
  retentionMs: number;
}

/** 'FindExpiredSamples' return type */
export interface IFindExpiredSamplesResult {
  place: string;
}

/** 'FindExpiredSamples' query type */
export interface IFindExpiredSamplesQuery {
  params: IFindExpiredSamplesParams;
  result: IFindExpiredSamplesResult;
}

const findExpiredSamplesIR: any = {"usedParamSet":{"retentionMs":true,"limit":true},"params":[{"name":"retentionMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":184,"b":196}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":239,"b":245}]}],"statement":"select ctid::text as \"place!\"\nfrom sample_rollups\nwhere step = 60 and at < now() - interval '2 days'\nunion all\nselect ctid::text\nfrom sample_rollups\nwhere step = 3600 and at < now() - :retentionMs!::float8 * interval '1 millisecond'\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select ctid::text as "place!"
 * from sample_rollups
 * where step = 60 and at < now() - interval '2 days'
 * union all
 * select ctid::text
 * from sample_rollups
 * where step = 3600 and at < now() - :retentionMs!::float8 * interval '1 millisecond'
 * limit :limit!
 * ```
 */
export const findExpiredSamples = new PreparedQuery<IFindExpiredSamplesParams,IFindExpiredSamplesResult>(findExpiredSamplesIR);


