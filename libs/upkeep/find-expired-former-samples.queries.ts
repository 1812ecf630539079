/** Types generated for queries found in "libs/upkeep/find-expired-former-samples.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

/** 'FindExpiredFormerSamples' parameters type */
export interface IFindExpiredFormerSamplesParams {
  limit: NumberOrString;
  retentionMs: number;
}

/** 'FindExpiredFormerSamples' return type */
export interface IFindExpiredFormerSamplesResult {
  place: string;
}

/** 'FindExpiredFormerSamples' query type */
export interface IFindExpiredFormerSamplesQuery {
  params: IFindExpiredFormerSamplesParams;
  result: IFindExpiredFormerSamplesResult;
}

const findExpiredFormerSamplesIR: any = {"usedParamSet":{"retentionMs":true,"limit":true},"params":[{"name":"retentionMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":170,"b":182}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":225,"b":231}]}],"statement":"select ctid::text as \"place!\"\nfrom samples\nwhere step = 60 and at < now() - interval '2 days'\nunion all\nselect ctid::text\nfrom samples\nwhere step = 3600 and at < now() - :retentionMs!::float8 * interval '1 millisecond'\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select ctid::text as "place!"
 * from samples
 * where step = 60 and at < now() - interval '2 days'
 * union all
 * select ctid::text
 * from samples
 * where step = 3600 and at < now() - :retentionMs!::float8 * interval '1 millisecond'
 * limit :limit!
 * ```
 */
export const findExpiredFormerSamples = new PreparedQuery<IFindExpiredFormerSamplesParams,IFindExpiredFormerSamplesResult>(findExpiredFormerSamplesIR);


