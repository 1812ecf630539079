/** Types generated for queries found in "libs/flow/delivery/load-endpoints.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type dlq_policy = 'continue' | 'halt';

export type endpoint_status = 'active' | 'disabled' | 'paused';

export type BufferArray = (Buffer)[];

export type numberArray = (number)[];

/** 'LoadEndpoints' parameters type */
export interface ILoadEndpointsParams {
  ids: numberArray;
  sinceMs: number;
  withinMs: number;
}

/** 'LoadEndpoints' return type */
export interface ILoadEndpointsResult {
  changedAtMs: number;
  deleted: boolean | null;
  dlqPolicy: dlq_policy;
  headersCiphertext: Buffer | null;
  id: number;
  maxConcurrency: number;
  maxRetryAfterSeconds: number;
  publicId: string;
  retryScheduleMs: numberArray | null;
  secretCiphertexts: BufferArray | null;
  secretsExpireInMs: numberArray | null;
  status: endpoint_status;
  timeoutMs: number;
  url: string;
}

/** 'LoadEndpoints' query type */
export interface ILoadEndpointsQuery {
  params: ILoadEndpointsParams;
  result: ILoadEndpointsResult;
}

const loadEndpointsIR: any = {"usedParamSet":{"sinceMs":true,"withinMs":true,"ids":true},"params":[{"name":"sinceMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":908,"b":916}]},{"name":"withinMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":943,"b":952}]},{"name":"ids","required":true,"transform":{"type":"scalar"},"locs":[{"a":1006,"b":1010}]}],"statement":"select\n  p.id,\n  p.public_id as \"publicId\",\n  p.url,\n  p.dlq_policy as \"dlqPolicy\",\n  p.retry_schedule_ms as \"retryScheduleMs\",\n  p.timeout_ms as \"timeoutMs\",\n  p.max_concurrency as \"maxConcurrency\",\n  p.max_retry_after_seconds as \"maxRetryAfterSeconds\",\n  p.headers_ciphertext as \"headersCiphertext\",\n  p.status,\n  p.deleted_at is not null as \"deleted\",\n  extract(epoch from p.updated_at)::float8 * 1000 as \"changedAtMs!\",\n  k.ciphertexts as \"secretCiphertexts\",\n  k.expire_in_ms as \"secretsExpireInMs\"\nfrom\n  endpoints p\n  cross join lateral (\n    select\n      array_agg(s.ciphertext order by s.id desc) as ciphertexts,\n      -- Null: never.\n      array_agg(extract(epoch from s.expires_at - now())::float8 * 1000 order by s.id desc) as expire_in_ms\n    from endpoint_secrets s\n    where s.endpoint = p.id and (s.expires_at is null or s.expires_at > now())\n  ) k\nwhere\n  p.updated_at >= least(to_timestamp(:sinceMs!::float8 / 1000), now() - :withinMs!::float8 * interval '1 millisecond')\n  or p.id = any(:ids!::integer[])\norder by p.updated_at"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   p.id,
 *   p.public_id as "publicId",
 *   p.url,
 *   p.dlq_policy as "dlqPolicy",
 *   p.retry_schedule_ms as "retryScheduleMs",
 *   p.timeout_ms as "timeoutMs",
 *   p.max_concurrency as "maxConcurrency",
 *   p.max_retry_after_seconds as "maxRetryAfterSeconds",
 *   p.headers_ciphertext as "headersCiphertext",
 *   p.status,
 *   p.deleted_at is not null as "deleted",
 *   extract(epoch from p.updated_at)::float8 * 1000 as "changedAtMs!",
 *   k.ciphertexts as "secretCiphertexts",
 *   k.expire_in_ms as "secretsExpireInMs"
 * from
 *   endpoints p
 *   cross join lateral (
 *     select
 *       array_agg(s.ciphertext order by s.id desc) as ciphertexts,
 *       -- Null: never.
 *       array_agg(extract(epoch from s.expires_at - now())::float8 * 1000 order by s.id desc) as expire_in_ms
 *     from endpoint_secrets s
 *     where s.endpoint = p.id and (s.expires_at is null or s.expires_at > now())
 *   ) k
 * where
 *   p.updated_at >= least(to_timestamp(:sinceMs!::float8 / 1000), now() - :withinMs!::float8 * interval '1 millisecond')
 *   or p.id = any(:ids!::integer[])
 * order by p.updated_at
 * ```
 */
export const loadEndpoints = new PreparedQuery<ILoadEndpointsParams,ILoadEndpointsResult>(loadEndpointsIR);


