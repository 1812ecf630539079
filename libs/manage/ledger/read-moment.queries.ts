/** Types generated for queries found in "libs/manage/ledger/read-moment.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'ReadMoment' parameters type */
export interface IReadMomentParams {
  settledSeconds: number;
}

/** 'ReadMoment' return type */
export interface IReadMomentResult {
  asOf: Date;
  retiring: boolean;
  settledBefore: string;
}

/** 'ReadMoment' query type */
export interface IReadMomentQuery {
  params: IReadMomentParams;
  result: IReadMomentResult;
}

const readMomentIR: any = {"usedParamSet":{"settledSeconds":true},"params":[{"name":"settledSeconds","required":true,"transform":{"type":"scalar"},"locs":[{"a":48,"b":63}]}],"statement":"select\n  now() as \"asOf!\",\n  uuid_floor(now() - :settledSeconds!::float8 * interval '1 second') as \"settledBefore!\",\n  exists (select from retired_days where dropped_at is null) as \"retiring!\""};

/**
 * Query generated from SQL:
 * ```
 * select
 *   now() as "asOf!",
 *   uuid_floor(now() - :settledSeconds!::float8 * interval '1 second') as "settledBefore!",
 *   exists (select from retired_days where dropped_at is null) as "retiring!"
 * ```
 */
export const readMoment = new PreparedQuery<IReadMomentParams,IReadMomentResult>(readMomentIR);


