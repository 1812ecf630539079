/** Types generated for queries found in "libs/manage/ledger/sum-catch-ups.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'SumCatchUps' parameters type */
export type ISumCatchUpsParams = void;

/** 'SumCatchUps' return type */
export interface ISumCatchUpsResult {
  endpoint: number;
  finished: boolean;
  routed: number;
}

/** 'SumCatchUps' query type */
export interface ISumCatchUpsQuery {
  params: ISumCatchUpsParams;
  result: ISumCatchUpsResult;
}

const sumCatchUpsIR: any = {"usedParamSet":{},"params":[],"statement":"select s.endpoint, sum(s.routed)::bigint as \"routed!\", c.finished_at is not null as \"finished!\"\nfrom catch_up_shards s\n  join catch_ups c on c.endpoint = s.endpoint\ngroup by s.endpoint, c.finished_at"};

/**
 * Query generated from SQL:
 * ```
 * select s.endpoint, sum(s.routed)::bigint as "routed!", c.finished_at is not null as "finished!"
 * from catch_up_shards s
 *   join catch_ups c on c.endpoint = s.endpoint
 * group by s.endpoint, c.finished_at
 * ```
 */
export const sumCatchUps = new PreparedQuery<ISumCatchUpsParams,ISumCatchUpsResult>(sumCatchUpsIR);


