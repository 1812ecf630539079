/** Types generated for queries found in "libs/idempotency/advance-position.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

/** 'AdvancePosition' parameters type */
export interface IAdvancePositionParams {
  lane: string;
  retentionMs: number;
  scope: string;
  sequence: NumberOrString;
  tenant: string;
}

/** 'AdvancePosition' return type */
export interface IAdvancePositionResult {
  sequence: number;
}

/** 'AdvancePosition' query type */
export interface IAdvancePositionQuery {
  params: IAdvancePositionParams;
  result: IAdvancePositionResult;
}

const advancePositionIR: any = {"usedParamSet":{"scope":true,"lane":true,"tenant":true,"sequence":true,"retentionMs":true},"params":[{"name":"scope","required":true,"transform":{"type":"scalar"},"locs":[{"a":94,"b":100}]},{"name":"lane","required":true,"transform":{"type":"scalar"},"locs":[{"a":103,"b":108}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":111,"b":118}]},{"name":"sequence","required":true,"transform":{"type":"scalar"},"locs":[{"a":121,"b":130}]},{"name":"retentionMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":141,"b":153}]}],"statement":"insert into webhook_positions as position (scope, lane, tenant, sequence, expires_at)\nvalues (:scope!, :lane!, :tenant!, :sequence!, now() + :retentionMs!::float8 * interval '1 millisecond')\non conflict (scope, lane) do update\n  set sequence = excluded.sequence, expires_at = excluded.expires_at\n  where position.sequence <= excluded.sequence or position.expires_at <= now()\nreturning sequence"};

/**
 * Query generated from SQL:
 * ```
 * insert into webhook_positions as position (scope, lane, tenant, sequence, expires_at)
 * values (:scope!, :lane!, :tenant!, :sequence!, now() + :retentionMs!::float8 * interval '1 millisecond')
 * on conflict (scope, lane) do update
 *   set sequence = excluded.sequence, expires_at = excluded.expires_at
 *   where position.sequence <= excluded.sequence or position.expires_at <= now()
 * returning sequence
 * ```
 */
export const advancePosition = new PreparedQuery<IAdvancePositionParams,IAdvancePositionResult>(advancePositionIR);


