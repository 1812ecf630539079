/** Types generated for queries found in "libs/upkeep/find-open-day.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'FindOpenDay' parameters type */
export type IFindOpenDayParams = void;

/** 'FindOpenDay' return type */
export interface IFindOpenDayResult {
  day: string;
}

/** 'FindOpenDay' query type */
export interface IFindOpenDayQuery {
  params: IFindOpenDayParams;
  result: IFindOpenDayResult;
}

const findOpenDayIR: any = {"usedParamSet":{},"params":[],"statement":"select to_char(day, 'YYYYMMDD') as \"day!\"\nfrom retired_days\nwhere dropped_at is null"};

/**
 * Query generated from SQL:
 * ```
 * select to_char(day, 'YYYYMMDD') as "day!"
 * from retired_days
 * where dropped_at is null
 * ```
 */
export const findOpenDay = new PreparedQuery<IFindOpenDayParams,IFindOpenDayResult>(findOpenDayIR);


