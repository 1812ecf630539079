/** Types generated for queries found in "libs/ground/postgres/advisory-lock-release.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'ReleaseAdvisoryLock' parameters type */
export interface IReleaseAdvisoryLockParams {
  name: string;
}

/** 'ReleaseAdvisoryLock' return type */
export interface IReleaseAdvisoryLockResult {
  released: boolean;
}

/** 'ReleaseAdvisoryLock' query type */
export interface IReleaseAdvisoryLockQuery {
  params: IReleaseAdvisoryLockParams;
  result: IReleaseAdvisoryLockResult;
}

const releaseAdvisoryLockIR: any = {"usedParamSet":{"name":true},"params":[{"name":"name","required":true,"transform":{"type":"scalar"},"locs":[{"a":35,"b":40}]}],"statement":"select pg_advisory_unlock(hashtext(:name!)) as \"released!\""};

/**
 * Query generated from SQL:
 * ```
 * select pg_advisory_unlock(hashtext(:name!)) as "released!"
 * ```
 */
export const releaseAdvisoryLock = new PreparedQuery<IReleaseAdvisoryLockParams,IReleaseAdvisoryLockResult>(releaseAdvisoryLockIR);


