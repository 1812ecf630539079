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

const forgetAdminKeyIR: any = {"usedParamSet":{},"params":[],"statement":"with forgotten as (\n  update installation set admin_key_hash = null where admin_key_hash is not null returning 1\n)\ninsert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)\nselect null, 'system', 'system', 'Lockstep', 'admin_key.replaced', 'admin', '{\"by\": \"LOCKSTEP_ADMIN_KEY\"}' from forgotten"};

/**
 * Query generated from SQL:
 * ```
 * with forgotten as (
 *   update installation set admin_key_hash = null where admin_key_hash is not null returning 1
 * )
 * insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)
 * select null, 'system', 'system', 'Lockstep', 'admin_key.replaced', 'admin', '{"by": "LOCKSTEP_ADMIN_KEY"}' from forgotten
 * ```
 */
export const forgetAdminKey = new PreparedQuery<IForgetAdminKeyParams,IForgetAdminKeyResult>(forgetAdminKeyIR);


