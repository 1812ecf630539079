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

const keepAdminKeyIR: any = {"usedParamSet":{"hash":true},"params":[{"name":"hash","required":true,"transform":{"type":"scalar"},"locs":[{"a":83,"b":88},{"a":345,"b":349}]}],"statement":"with kept as (\n  update installation set admin_key_hash = coalesce(admin_key_hash, :hash!::bytea)\n  returning admin_key_hash as hash\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)\n  select null, 'system', 'system', 'Lockstep', 'admin_key.generated', 'admin', '{}' from kept where hash = :hash\n)\nselect hash from kept"};

/**
 * Query generated from SQL:
 * ```
 * with kept as (
 *   update installation set admin_key_hash = coalesce(admin_key_hash, :hash!::bytea)
 *   returning admin_key_hash as hash
 * ),
 * audited as (
 *   insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)
 *   select null, 'system', 'system', 'Lockstep', 'admin_key.generated', 'admin', '{}' from kept where hash = :hash
 * )
 * select hash from kept
 * ```
 */
export const keepAdminKey = new PreparedQuery<IKeepAdminKeyParams,IKeepAdminKeyResult>(keepAdminKeyIR);


