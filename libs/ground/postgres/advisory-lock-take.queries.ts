/** Types generated for queries found in "libs/ground/postgres/advisory-lock-take.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'TakeAdvisoryLock' parameters type */
export interface ITakeAdvisoryLockParams {
  name: string;
}

/** 'TakeAdvisoryLock' return type */
export interface ITakeAdvisoryLockResult {
  taken: boolean;
}

/** 'TakeAdvisoryLock' query type */
export interface ITakeAdvisoryLockQuery {
  params: ITakeAdvisoryLockParams;
  result: ITakeAdvisoryLockResult;
}

const takeAdvisoryLockIR: any = {"usedParamSet":{"name":true},"params":[{"name":"name","required":true,"transform":{"type":"scalar"},"locs":[{"a":37,"b":42}]}],"statement":"select pg_try_advisory_lock(hashtext(:name!)) as \"taken!\""};

/**
 * Query generated from SQL:
 * ```
 * select pg_try_advisory_lock(hashtext(:name!)) as "taken!"
 * ```
 */
export const takeAdvisoryLock = new PreparedQuery<ITakeAdvisoryLockParams,ITakeAdvisoryLockResult>(takeAdvisoryLockIR);


