/** Types generated for queries found in "libs/upkeep/find-expired-keys.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

/** 'FindExpiredKeys' parameters type */
export interface IFindExpiredKeysParams {
  limit: NumberOrString;
}

/** 'FindExpiredKeys' return type */
export interface IFindExpiredKeysResult {
  place: string;
}

/** 'FindExpiredKeys' query type */
export interface IFindExpiredKeysQuery {
  params: IFindExpiredKeysParams;
  result: IFindExpiredKeysResult;
}

const findExpiredKeysIR: any = {"usedParamSet":{"limit":true},"params":[{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":84,"b":90}]}],"statement":"select ctid::text as \"place!\"\nfrom idempotency_keys\nwhere expires_at <= now()\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select ctid::text as "place!"
 * from idempotency_keys
 * where expires_at <= now()
 * limit :limit!
 * ```
 */
export const findExpiredKeys = new PreparedQuery<IFindExpiredKeysParams,IFindExpiredKeysResult>(findExpiredKeysIR);


