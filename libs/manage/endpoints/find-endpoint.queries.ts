/** Types generated for queries found in "libs/manage/endpoints/find-endpoint.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type breaker_state = 'closed' | 'half-open' | 'open';

export type dlq_policy = 'continue' | 'halt';

export type endpoint_ordering = 'entity' | 'none';

export type endpoint_status = 'active' | 'disabled' | 'paused';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type numberArray = (number)[];

export type stringArray = (string)[];

/** 'FindEndpoint' parameters type */
export interface IFindEndpointParams {
  publicId: string;
  tenant: string;
}

/** 'FindEndpoint' return type */
export interface IFindEndpointResult {
  authCiphertext: Buffer | null;
  breakerFailureRate: number | null;
  breakerProbeAt: Date | null;
  breakerSince: Date | null;
  breakerState: breaker_state | null;
  burst: number | null;
  catchUp: Json | null;
  createdAt: Date;
  description: string;
  disableAfterMs: number | null;
  dlqPolicy: dlq_policy;
  eventTypes: stringArray;
  filter: string | null;
  headersCiphertext: Buffer | null;
  id: number;
  maxConcurrency: number;
  maxRetryAfterSeconds: number;
  metadata: Json;
  ordering: endpoint_ordering;
  perSecond: number | null;
  publicId: string;
  publicKey: string | null;
  retryScheduleMs: numberArray | null;
  source: string | null;
  status: endpoint_status;
  statusReason: string | null;
  timeoutMs: number;
  updatedAt: Date;
  url: string;
  version: number;
}

/** 'FindEndpoint' query type */
export interface IFindEndpointQuery {
  params: IFindEndpointParams;
  result: IFindEndpointResult;
}

const findEndpointIR: any = {"usedParamSet":{"publicId":true,"tenant":true},"params":[{"name":"publicId","required":true,"transform":{"type":"scalar"},"locs":[{"a":1076,"b":1085}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":1100,"b":1107}]}],"statement":"select\n  id, public_id as \"publicId\", url, description, event_types as \"eventTypes\", ordering, dlq_policy as \"dlqPolicy\",\n  retry_schedule_ms as \"retryScheduleMs\", timeout_ms as \"timeoutMs\", max_concurrency as \"maxConcurrency\",\n  max_retry_after_seconds as \"maxRetryAfterSeconds\", rate_limit_per_second as \"perSecond\", rate_limit_burst as \"burst\",\n  disable_after_ms as \"disableAfterMs\",\n  k.state as \"breakerState?\", k.since as \"breakerSince?\", k.probe_at as \"breakerProbeAt?\", k.failure_rate as \"breakerFailureRate?\",\n  public_key as \"publicKey\", auth_ciphertext as \"authCiphertext\", version, filter,\n  headers_ciphertext as \"headersCiphertext\", metadata, status, status_reason as \"statusReason\",\n  created_at as \"createdAt\", updated_at as \"updatedAt\", catch_up_of(id) as \"catchUp?\",\n  (select s.public_id from sources s where s.id = endpoints.destination_of) as \"source?\"\nfrom endpoints\n  left join lateral (\n    select state, since, probe_at, breaker_failure_rate(c) as failure_rate from endpoint_breakers c where c.endpoint = endpoints.id\n  ) k on true\nwhere public_id = :publicId! and tenant = :tenant! and deleted_at is null"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   id, public_id as "publicId", url, description, event_types as "eventTypes", ordering, dlq_policy as "dlqPolicy",
 *   retry_schedule_ms as "retryScheduleMs", timeout_ms as "timeoutMs", max_concurrency as "maxConcurrency",
 *   max_retry_after_seconds as "maxRetryAfterSeconds", rate_limit_per_second as "perSecond", rate_limit_burst as "burst",
 *   disable_after_ms as "disableAfterMs",
 *   k.state as "breakerState?", k.since as "breakerSince?", k.probe_at as "breakerProbeAt?", k.failure_rate as "breakerFailureRate?",
 *   public_key as "publicKey", auth_ciphertext as "authCiphertext", version, filter,
 *   headers_ciphertext as "headersCiphertext", metadata, status, status_reason as "statusReason",
 *   created_at as "createdAt", updated_at as "updatedAt", catch_up_of(id) as "catchUp?",
 *   (select s.public_id from sources s where s.id = endpoints.destination_of) as "source?"
 * from endpoints
 *   left join lateral (
 *     select state, since, probe_at, breaker_failure_rate(c) as failure_rate from endpoint_breakers c where c.endpoint = endpoints.id
 *   ) k on true
 * where public_id = :publicId! and tenant = :tenant! and deleted_at is null
 * ```
 */
export const findEndpoint = new PreparedQuery<IFindEndpointParams,IFindEndpointResult>(findEndpointIR);


