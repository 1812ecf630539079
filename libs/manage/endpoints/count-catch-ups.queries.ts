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

const countCatchUpsIR: any = {"usedParamSet":{"tenant":true},"params":[{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":113,"b":120}]}],"statement":"select count(*)::integer as \"running!\"\nfrom catch_ups c\n  join endpoints p on p.id = c.endpoint\nwhere c.tenant = :tenant! and c.finished_at is null and p.deleted_at is null"};

/**
 * Query generated from SQL:
 * ```
 * select count(*)::integer as "running!"
 * from catch_ups c
 *   join endpoints p on p.id = c.endpoint
 * where c.tenant = :tenant! and c.finished_at is null and p.deleted_at is null
 * ```
 */
export const countCatchUps = new PreparedQuery<ICountCatchUpsParams,ICountCatchUpsResult>(countCatchUpsIR);


