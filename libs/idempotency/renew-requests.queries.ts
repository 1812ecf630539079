/** Types generated for queries found in "libs/idempotency/renew-requests.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

export type NumberOrStringArray = (NumberOrString)[];

export type numberArray = (number)[];

export type stringArray = (string)[];

/** 'RenewRequests' parameters type */
export interface IRenewRequestsParams {
  fences: NumberOrStringArray;
  keys: stringArray;
  leasesMs: numberArray;
  retentionsMs: numberArray;
  scopes: stringArray;
}

/** 'RenewRequests' return type */
export interface IRenewRequestsResult {
  fence: number;
}

/** 'RenewRequests' query type */
export interface IRenewRequestsQuery {
  params: IRenewRequestsParams;
  result: IRenewRequestsResult;
}

const renewRequestsIR: any = {"usedParamSet":{"scopes":true,"keys":true,"fences":true,"leasesMs":true,"retentionsMs":true},"params":[{"name":"scopes","required":true,"transform":{"type":"scalar"},"locs":[{"a":53,"b":60}]},{"name":"keys","required":true,"transform":{"type":"scalar"},"locs":[{"a":71,"b":76}]},{"name":"fences","required":true,"transform":{"type":"scalar"},"locs":[{"a":87,"b":94}]},{"name":"leasesMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":107,"b":116}]},{"name":"retentionsMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":129,"b":142}]}],"statement":"with mine as materialized (\n  select *\n  from unnest(:scopes!::text[], :keys!::text[], :fences!::bigint[], :leasesMs!::float8[], :retentionsMs!::float8[])\n    as lease (scope, key, fence, lease_ms, retention_ms)\n),\nheld as materialized (\n  select m.*\n  from mine m\n    join idempotent_requests r on r.scope = m.scope and r.key = m.key\n  where r.fence = m.fence and r.state = 'in_flight'\n  order by r.scope, r.key\n  for no key update of r\n)\nupdate idempotent_requests r\nset\n  lease_expires_at = clock_timestamp() + h.lease_ms * interval '1 millisecond',\n  expires_at = clock_timestamp() + (h.lease_ms + h.retention_ms) * interval '1 millisecond'\nfrom held h\nwhere r.scope = h.scope and r.key = h.key and r.fence = h.fence\nreturning r.fence"};

/**
 * Query generated from SQL:
 * ```
 * with mine as materialized (
 *   select *
 *   from unnest(:scopes!::text[], :keys!::text[], :fences!::bigint[], :leasesMs!::float8[], :retentionsMs!::float8[])
 *     as lease (scope, key, fence, lease_ms, retention_ms)
 * ),
 * held as materialized (
 *   select m.*
 *   from mine m
 *     join idempotent_requests r on r.scope = m.scope and r.key = m.key
 *   where r.fence = m.fence and r.state = 'in_flight'
 *   order by r.scope, r.key
 *   for no key update of r
 * )
 * update idempotent_requests r
 * set
 *   lease_expires_at = clock_timestamp() + h.lease_ms * interval '1 millisecond',
 *   expires_at = clock_timestamp() + (h.lease_ms + h.retention_ms) * interval '1 millisecond'
 * from held h
 * where r.scope = h.scope and r.key = h.key and r.fence = h.fence
 * returning r.fence
 * ```
 */
export const renewRequests = new PreparedQuery<IRenewRequestsParams,IRenewRequestsResult>(renewRequestsIR);


