/** Types generated for queries found in "libs/ground/samples/skip-samples.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'SkipSamples' parameters type */
export type ISkipSamplesParams = void;

/** 'SkipSamples' return type */
export interface ISkipSamplesResult {
  at: Date;
  dimension: string;
  measure: string;
  tenant: string;
}

/** 'SkipSamples' query type */
export interface ISkipSamplesQuery {
  params: ISkipSamplesParams;
  result: ISkipSamplesResult;
}

const skipSamplesIR: any = {"usedParamSet":{},"params":[],"statement":"update recent_samples set rolled_up = true\nwhere ctid = any(array(\n  select ctid\n  from recent_samples\n  where not rolled_up and at < date_bin('5 minutes', now() - interval '30 seconds', to_timestamp(0))\n  order by tenant, dimension, measure, at\n  limit 1\n  for update skip locked\n))\nreturning tenant, dimension, measure, at"};

/**
 * Query generated from SQL:
 * ```
 * update recent_samples set rolled_up = true
 * where ctid = any(array(
 *   select ctid
 *   from recent_samples
 *   where not rolled_up and at < date_bin('5 minutes', now() - interval '30 seconds', to_timestamp(0))
 *   order by tenant, dimension, measure, at
 *   limit 1
 *   for update skip locked
 * ))
 * returning tenant, dimension, measure, at
 * ```
 */
export const skipSamples = new PreparedQuery<ISkipSamplesParams,ISkipSamplesResult>(skipSamplesIR);


