/** Types generated for queries found in "libs/manage/endpoints/count-catch-ups.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'CountCatchUps' parameters type */
export interface ICountCatchUpsParams {
  tenant: string;
}

/** 'CountCatchUps' return type */
export interface ICountCatchUpsResult {
  running: number;
}

/** 'CountCatchUps' query type */
export interface ICountCatchUpsQuery {
  params: ICountCatchUpsParams;
  result: ICountCatchUpsResult;
}

const countCatchUpsIR: any = {"usedParamSet":{"tenant":true},"params":[{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":69,"b":76}]}],"statement":"select count(*)::integer as \"running!\" from catch_ups where tenant = :tenant! and finished_at is null"};

/**
 * Query generated from SQL:
 * ```
 * select count(*)::integer as "running!" from catch_ups where tenant = :tenant! and finished_at is null
 * ```
 */
export const countCatchUps = new PreparedQuery<ICountCatchUpsParams,ICountCatchUpsResult>(countCatchUpsIR);


