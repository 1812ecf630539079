/** Types generated for queries found in "libs/manage/endpoints/find-endpoints.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type breaker_state = 'closed' | 'half-open' | 'open';

export type dlq_policy = 'continue' | 'halt';

export type endpoint_ordering = 'entity' | 'none';

export type endpoint_status = 'active' | 'disabled' | 'paused';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type NumberOrString = number | string;

export type numberArray = (number)[];

export type stringArray = (string)[];

/** 'FindEndpoints' parameters type */
export interface IFindEndpointsParams {
  before: number;
  bytes: number;
  limit: NumberOrString;
  tenant: string;
}

/** 'FindEndpoints' return type */
export interface IFindEndpointsResult {
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
  followed: boolean;
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

/** 'FindEndpoints' query type */
export interface IFindEndpointsQuery {
  params: IFindEndpointsParams;
  result: IFindEndpointsResult;
}

const findEndpointsIR: any = {"usedParamSet":{"tenant":true,"before":true,"limit":true,"bytes":true},"params":[{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":1416,"b":1423}]},{"name":"before","required":true,"transform":{"type":"scalar"},"locs":[{"a":1457,"b":1464}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":1505,"b":1511}]},{"name":"bytes","required":true,"transform":{"type":"scalar"},"locs":[{"a":1765,"b":1771}]}],"statement":"select\n  id, public_id as \"publicId\", url, description, event_types as \"eventTypes\", ordering, dlq_policy as \"dlqPolicy\",\n  retry_schedule_ms as \"retryScheduleMs\", timeout_ms as \"timeoutMs\", max_concurrency as \"maxConcurrency\",\n  max_retry_after_seconds as \"maxRetryAfterSeconds\", rate_limit_per_second as \"perSecond\", rate_limit_burst as \"burst\",\n  disable_after_ms as \"disableAfterMs\",\n  k.state as \"breakerState?\", k.since as \"breakerSince?\", k.probe_at as \"breakerProbeAt?\", k.failure_rate as \"breakerFailureRate?\",\n  public_key as \"publicKey\", auth_ciphertext as \"authCiphertext\", version, filter,\n  headers_ciphertext as \"headersCiphertext\", metadata, status, status_reason as \"statusReason\",\n  created_at as \"createdAt\", updated_at as \"updatedAt\", catch_up_of(id) as \"catchUp?\",\n  (select s.public_id from sources s where s.id = b.destination_of) as \"source?\", followed as \"followed!\"\nfrom (\n    select\n      e.*, row_number() over newest_first as place, lead(true, 1, false) over newest_first as followed,\n      sum(\n        octet_length(e.url) + octet_length(e.description) + octet_length(e.event_types::text)\n          + octet_length(e.metadata::text) + coalesce(octet_length(e.filter), 0) + coalesce(octet_length(e.headers_ciphertext), 0)\n          + coalesce(octet_length(e.auth_ciphertext), 0)\n      ) over newest_first as bytes\n    from (\n        select *\n        from endpoints\n        where tenant = :tenant! and deleted_at is null and id < :before!\n        order by id desc\n        limit :limit!\n      ) e\n    window newest_first as (order by e.id desc)\n  ) b\n  left join lateral (\n    select state, since, probe_at, breaker_failure_rate(c) as failure_rate from endpoint_breakers c where c.endpoint = b.id\n  ) k on true\nwhere place = 1 or bytes <= :bytes!::integer\norder by id desc"};

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
 *   (select s.public_id from sources s where s.id = b.destination_of) as "source?", followed as "followed!"
 * from (
 *     select
 *       e.*, row_number() over newest_first as place, lead(true, 1, false) over newest_first as followed,
 *       sum(
 *         octet_length(e.url) + octet_length(e.description) + octet_length(e.event_types::text)
 *           + octet_length(e.metadata::text) + coalesce(octet_length(e.filter), 0) + coalesce(octet_length(e.headers_ciphertext), 0)
 *           + coalesce(octet_length(e.auth_ciphertext), 0)
 *       ) over newest_first as bytes
 *     from (
 *         select *
 *         from endpoints
 *         where tenant = :tenant! and deleted_at is null and id < :before!
 *         order by id desc
 *         limit :limit!
 *       ) e
 *     window newest_first as (order by e.id desc)
 *   ) b
 *   left join lateral (
 *     select state, since, probe_at, breaker_failure_rate(c) as failure_rate from endpoint_breakers c where c.endpoint = b.id
 *   ) k on true
 * where place = 1 or bytes <= :bytes!::integer
 * order by id desc
 * ```
 */
export const findEndpoints = new PreparedQuery<IFindEndpointsParams,IFindEndpointsResult>(findEndpointsIR);


