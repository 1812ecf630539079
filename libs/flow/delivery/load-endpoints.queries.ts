/** Types generated for queries found in "libs/flow/delivery/load-endpoints.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type dlq_policy = 'continue' | 'halt';

export type endpoint_ordering = 'entity' | 'none';

export type endpoint_status = 'active' | 'disabled' | 'paused';

export type BufferArray = (Buffer)[];

export type numberArray = (number)[];

/** 'LoadEndpoints' parameters type */
export interface ILoadEndpointsParams {
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
  ordering: endpoint_ordering;
  publicId: string;
  retryScheduleMs: numberArray | null;
  secretCiphertexts: BufferArray | null;
  status: endpoint_status;
  tenant: string;
  timeoutMs: number;
  url: string;
}

/** 'LoadEndpoints' query type */
export interface ILoadEndpointsQuery {
  params: ILoadEndpointsParams;
  result: ILoadEndpointsResult;
}

const loadEndpointsIR: any = {"usedParamSet":{"sinceMs":true,"withinMs":true},"params":[{"name":"sinceMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":694,"b":702}]},{"name":"withinMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":729,"b":738}]}],"statement":"select\n  p.id,\n  p.public_id as \"publicId\",\n  p.tenant,\n  p.url,\n  p.ordering,\n  p.dlq_policy as \"dlqPolicy\",\n  p.retry_schedule_ms as \"retryScheduleMs\",\n  p.timeout_ms as \"timeoutMs\",\n  p.max_concurrency as \"maxConcurrency\",\n  p.max_retry_after_seconds as \"maxRetryAfterSeconds\",\n  p.headers_ciphertext as \"headersCiphertext\",\n  p.status,\n  p.deleted_at is not null as \"deleted\",\n  extract(epoch from p.updated_at)::float8 * 1000 as \"changedAtMs!\",\n  array(\n    select s.ciphertext from endpoint_secrets s\n    where s.endpoint = p.id and (s.expires_at is null or s.expires_at > now())\n    order by s.id desc\n  ) as \"secretCiphertexts\"\nfrom endpoints p\nwhere p.updated_at >= least(to_timestamp(:sinceMs!::float8 / 1000), now() - :withinMs!::float8 * interval '1 millisecond')\norder by p.updated_at"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   p.id,
 *   p.public_id as "publicId",
 *   p.tenant,
 *   p.url,
 *   p.ordering,
 *   p.dlq_policy as "dlqPolicy",
 *   p.retry_schedule_ms as "retryScheduleMs",
 *   p.timeout_ms as "timeoutMs",
 *   p.max_concurrency as "maxConcurrency",
 *   p.max_retry_after_seconds as "maxRetryAfterSeconds",
 *   p.headers_ciphertext as "headersCiphertext",
 *   p.status,
 *   p.deleted_at is not null as "deleted",
 *   extract(epoch from p.updated_at)::float8 * 1000 as "changedAtMs!",
 *   array(
 *     select s.ciphertext from endpoint_secrets s
 *     where s.endpoint = p.id and (s.expires_at is null or s.expires_at > now())
 *     order by s.id desc
 *   ) as "secretCiphertexts"
 * from endpoints p
 * where p.updated_at >= least(to_timestamp(:sinceMs!::float8 / 1000), now() - :withinMs!::float8 * interval '1 millisecond')
 * order by p.updated_at
 * ```
 */
export const loadEndpoints = new PreparedQuery<ILoadEndpointsParams,ILoadEndpointsResult>(loadEndpointsIR);


