/** Types generated for queries found in "libs/upkeep/find-expired-api-keys.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

/** 'FindExpiredApiKeys' parameters type */
export interface IFindExpiredApiKeysParams {
  limit: NumberOrString;
}

/** 'FindExpiredApiKeys' return type */
export interface IFindExpiredApiKeysResult {
  place: string;
}

/** 'FindExpiredApiKeys' query type */
export interface IFindExpiredApiKeysQuery {
  params: IFindExpiredApiKeysParams;
  result: IFindExpiredApiKeysResult;
}

const findExpiredApiKeysIR: any = {"usedParamSet":{"limit":true},"params":[{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":93,"b":99}]}],"statement":"select ctid::text as \"place!\"\nfrom api_keys\nwhere revoked_at < (select audit_expiry())\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select ctid::text as "place!"
 * from api_keys
 * where revoked_at < (select audit_expiry())
 * limit :limit!
 * ```
 */
export const findExpiredApiKeys = new PreparedQuery<IFindExpiredApiKeysParams,IFindExpiredApiKeysResult>(findExpiredApiKeysIR);


