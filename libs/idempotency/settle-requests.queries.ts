/** Types generated for queries found in "libs/idempotency/settle-requests.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type idempotency_state = 'completed' | 'failed' | 'in_flight' | 'indeterminate';

export type NumberOrString = number | string;

export type NumberOrStringArray = (NumberOrString)[];

export type idempotency_stateArray = (idempotency_state)[];

export type numberArray = (number)[];

export type stringArray = (string)[];

/** 'SettleRequests' parameters type */
export interface ISettleRequestsParams {
  bodies: Buffer;
  fences: NumberOrStringArray;
  headers: stringArray;
  keys: stringArray;
  lengths: numberArray;
  offsets: numberArray;
  retentionsMs: numberArray;
  scopes: stringArray;
  states: idempotency_stateArray;
  statuses: numberArray;
}

/** 'SettleRequests' return type */
export interface ISettleRequestsResult {
  ordinal: number;
}

/** 'SettleRequests' query type */
export interface ISettleRequestsQuery {
  params: ISettleRequestsParams;
  result: ISettleRequestsResult;
}

const settleRequestsIR: any = {"usedParamSet":{"scopes":true,"keys":true,"fences":true,"states":true,"statuses":true,"headers":true,"offsets":true,"lengths":true,"retentionsMs":true,"bodies":true},"params":[{"name":"scopes","required":true,"transform":{"type":"scalar"},"locs":[{"a":61,"b":68}]},{"name":"keys","required":true,"transform":{"type":"scalar"},"locs":[{"a":79,"b":84}]},{"name":"fences","required":true,"transform":{"type":"scalar"},"locs":[{"a":95,"b":102}]},{"name":"states","required":true,"transform":{"type":"scalar"},"locs":[{"a":115,"b":122}]},{"name":"statuses","required":true,"transform":{"type":"scalar"},"locs":[{"a":146,"b":155}]},{"name":"headers","required":true,"transform":{"type":"scalar"},"locs":[{"a":173,"b":181}]},{"name":"offsets","required":true,"transform":{"type":"scalar"},"locs":[{"a":192,"b":200}]},{"name":"lengths","required":true,"transform":{"type":"scalar"},"locs":[{"a":214,"b":222}]},{"name":"retentionsMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":236,"b":249}]},{"name":"bodies","required":true,"transform":{"type":"scalar"},"locs":[{"a":744,"b":751}]}],"statement":"with offered as materialized (\n  select *\n  from unnest(\n    :scopes!::text[], :keys!::text[], :fences!::bigint[], :states!::idempotency_state[], :statuses!::integer[],\n    :headers!::text[], :offsets!::integer[], :lengths!::integer[], :retentionsMs!::float8[]\n  ) with ordinality as settlement (scope, key, fence, state, status, headers, start, length, retention_ms, ordinal)\n),\nheld as materialized (\n  select o.*\n  from offered o\n    join idempotent_requests r on r.scope = o.scope and r.key = o.key\n  where r.fence = o.fence\n  order by r.scope, r.key\n  for no key update of r\n),\nsettled as (\n  update idempotent_requests r\n  set\n    state = h.state, status = h.status, headers = h.headers,\n    body = case when h.length >= 0 then substring(:bodies!::bytea from h.start for h.length) end,\n    lease_expires_at = least(r.lease_expires_at, now()), updated_at = now(),\n    expires_at = now() + h.retention_ms * interval '1 millisecond'\n  from held h\n  where r.scope = h.scope and r.key = h.key and r.fence = h.fence and r.state in ('in_flight', 'indeterminate')\n)\nselect ordinal::integer as \"ordinal!\" from held"};

/**
 * Query generated from SQL:
 * ```
 * with offered as materialized (
 *   select *
 *   from unnest(
 *     :scopes!::text[], :keys!::text[], :fences!::bigint[], :states!::idempotency_state[], :statuses!::integer[],
 *     :headers!::text[], :offsets!::integer[], :lengths!::integer[], :retentionsMs!::float8[]
 *   ) with ordinality as settlement (scope, key, fence, state, status, headers, start, length, retention_ms, ordinal)
 * ),
 * held as materialized (
 *   select o.*
 *   from offered o
 *     join idempotent_requests r on r.scope = o.scope and r.key = o.key
 *   where r.fence = o.fence
 *   order by r.scope, r.key
 *   for no key update of r
 * ),
 * settled as (
 *   update idempotent_requests r
 *   set
 *     state = h.state, status = h.status, headers = h.headers,
 *     body = case when h.length >= 0 then substring(:bodies!::bytea from h.start for h.length) end,
 *     lease_expires_at = least(r.lease_expires_at, now()), updated_at = now(),
 *     expires_at = now() + h.retention_ms * interval '1 millisecond'
 *   from held h
 *   where r.scope = h.scope and r.key = h.key and r.fence = h.fence and r.state in ('in_flight', 'indeterminate')
 * )
 * select ordinal::integer as "ordinal!" from held
 * ```
 */
export const settleRequests = new PreparedQuery<ISettleRequestsParams,ISettleRequestsResult>(settleRequestsIR);


