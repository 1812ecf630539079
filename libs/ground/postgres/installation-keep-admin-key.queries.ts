/** Types generated for queries found in "libs/ground/postgres/installation-keep-admin-key.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'KeepAdminKey' parameters type */
export interface IKeepAdminKeyParams {
  hash: Buffer;
}

/** 'KeepAdminKey' return type */
export interface IKeepAdminKeyResult {
  hash: Buffer | null;
}

/** 'KeepAdminKey' query type */
export interface IKeepAdminKeyQuery {
  params: IKeepAdminKeyParams;
  result: IKeepAdminKeyResult;
}

const keepAdminKeyIR: any = {"usedParamSet":{"hash":true},"params":[{"name":"hash","required":true,"transform":{"type":"scalar"},"locs":[{"a":66,"b":71}]}],"statement":"update installation set admin_key_hash = coalesce(admin_key_hash, :hash!::bytea)\nreturning admin_key_hash as \"hash\""};

/**
 * Query generated from SQL:
 * ```
 * update installation set admin_key_hash = coalesce(admin_key_hash, :hash!::bytea)
 * returning admin_key_hash as "hash"
 * ```
 */
export const keepAdminKey = new PreparedQuery<IKeepAdminKeyParams,IKeepAdminKeyResult>(keepAdminKeyIR);


