/** Types generated for queries found in "libs/upkeep/set-audit-retention.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'SetAuditRetention' parameters type */
export interface ISetAuditRetentionParams {
  retentionMs: number;
}

/** 'SetAuditRetention' return type */
export type ISetAuditRetentionResult = void;

/** 'SetAuditRetention' query type */
export interface ISetAuditRetentionQuery {
  params: ISetAuditRetentionParams;
  result: ISetAuditRetentionResult;
}

const setAuditRetentionIR: any = {"usedParamSet":{"retentionMs":true},"params":[{"name":"retentionMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":143,"b":155},{"a":238,"b":249}]}],"statement":"with earlier as (\n  select audit_retention from installation for no key update\n),\nchanged as (\n  update installation i\n  set audit_retention = :retentionMs!::float8 * interval '1 millisecond'\n  from earlier e\n  where e.audit_retention <> :retentionMs::float8 * interval '1 millisecond'\n  returning e.audit_retention as before, i.audit_retention as after\n)\ninsert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)\nselect\n  null, 'system', 'system', 'Lockstep', 'audit.retention_changed', 'LOCKSTEP_AUDIT_RETENTION',\n  jsonb_build_object('fromSeconds', extract(epoch from before), 'toSeconds', extract(epoch from after))\nfrom changed"};

/**
 * Query generated from SQL:
 * ```
 * with earlier as (
 *   select audit_retention from installation for no key update
 * ),
 * changed as (
 *   update installation i
 *   set audit_retention = :retentionMs!::float8 * interval '1 millisecond'
 *   from earlier e
 *   where e.audit_retention <> :retentionMs::float8 * interval '1 millisecond'
 *   returning e.audit_retention as before, i.audit_retention as after
 * )
 * insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)
 * select
 *   null, 'system', 'system', 'Lockstep', 'audit.retention_changed', 'LOCKSTEP_AUDIT_RETENTION',
 *   jsonb_build_object('fromSeconds', extract(epoch from before), 'toSeconds', extract(epoch from after))
 * from changed
 * ```
 */
export const setAuditRetention = new PreparedQuery<ISetAuditRetentionParams,ISetAuditRetentionResult>(setAuditRetentionIR);


