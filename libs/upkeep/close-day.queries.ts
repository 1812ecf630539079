/** Types generated for queries found in "libs/upkeep/close-day.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'CloseDay' parameters type */
export interface ICloseDayParams {
  day: string;
}

/** 'CloseDay' return type */
export type ICloseDayResult = void;

/** 'CloseDay' query type */
export interface ICloseDayQuery {
  params: ICloseDayParams;
  result: ICloseDayResult;
}

const closeDayIR: any = {"usedParamSet":{"day":true},"params":[{"name":"day","required":true,"transform":{"type":"scalar"},"locs":[{"a":55,"b":59}]}],"statement":"update retired_days set dropped_at = now() where day = :day!::text::date and dropped_at is null"};

/**
 * Query generated from SQL:
 * ```
 * update retired_days set dropped_at = now() where day = :day!::text::date and dropped_at is null
 * ```
 */
export const closeDay = new PreparedQuery<ICloseDayParams,ICloseDayResult>(closeDayIR);


