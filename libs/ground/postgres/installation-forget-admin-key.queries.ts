/** Types generated for queries found in "libs/ground/postgres/installation-forget-admin-key.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'ForgetAdminKey' parameters type */
export type IForgetAdminKeyParams = void;

/** 'ForgetAdminKey' return type */
export type IForgetAdminKeyResult = void;

/** 'ForgetAdminKey' query type */
export interface IForgetAdminKeyQuery {
  params: IForgetAdminKeyParams;
  result: IForgetAdminKeyResult;
}

const forgetAdminKeyIR: any = {"usedParamSet":{},"params":[],"statement":"update installation set admin_key_hash = null where admin_key_hash is not null"};

/**
 * Query generated from SQL:
 * ```
 * update installation set admin_key_hash = null where admin_key_hash is not null
 * ```
 */
export const forgetAdminKey = new PreparedQuery<IForgetAdminKeyParams,IForgetAdminKeyResult>(forgetAdminKeyIR);


