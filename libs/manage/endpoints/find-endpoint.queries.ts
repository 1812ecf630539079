/** Types generated for queries found in "libs/manage/endpoints/find-endpoint.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

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
  catchUp: Json | null;
  createdAt: Date;
  description: string;
  dlqPolicy: dlq_policy;
  eventTypes: stringArray;
  filter: string | null;
  headersCiphertext: Buffer | null;
  id: number;
  maxConcurrency: number;
  maxRetryAfterSeconds: number;
  metadata: Json;
  ordering: endpoint_ordering;
  publicId: string;
  rateLimit: number | null;
  retryScheduleMs: numberArray | null;
  source: string | null;
  status: endpoint_status;
  statusReason: string | null;
  timeoutMs: number;
  updatedAt: Date;
  url: string;
}

/** 'FindEndpoint' query type */
export interface IFindEndpointQuery {
  params: IFindEndpointParams;
  result: IFindEndpointResult;
}

const findEndpointIR: any = {"usedParamSet":{"publicId":true,"tenant":true},"params":[{"name":"publicId","required":true,"transform":{"type":"scalar"},"locs":[{"a":621,"b":630}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":645,"b":652}]}],"statement":"select\n  id, public_id as \"publicId\", url, description, event_types as \"eventTypes\", ordering, dlq_policy as \"dlqPolicy\",\n  retry_schedule_ms as \"retryScheduleMs\", timeout_ms as \"timeoutMs\", max_concurrency as \"maxConcurrency\",\n  max_retry_after_seconds as \"maxRetryAfterSeconds\", rate_limit as \"rateLimit\", filter,\n  headers_ciphertext as \"headersCiphertext\", metadata, status, status_reason as \"statusReason\",\n  created_at as \"createdAt\", updated_at as \"updatedAt\", catch_up_of(id) as \"catchUp?\",\n  (select s.public_id from sources s where s.id = endpoints.destination_of) as \"source?\"\nfrom endpoints\nwhere public_id = :publicId! and tenant = :tenant! and deleted_at is null"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   id, public_id as "publicId", url, description, event_types as "eventTypes", ordering, dlq_policy as "dlqPolicy",
 *   retry_schedule_ms as "retryScheduleMs", timeout_ms as "timeoutMs", max_concurrency as "maxConcurrency",
 *   max_retry_after_seconds as "maxRetryAfterSeconds", rate_limit as "rateLimit", filter,
 *   headers_ciphertext as "headersCiphertext", metadata, status, status_reason as "statusReason",
 *   created_at as "createdAt", updated_at as "updatedAt", catch_up_of(id) as "catchUp?",
 *   (select s.public_id from sources s where s.id = endpoints.destination_of) as "source?"
 * from endpoints
 * where public_id = :publicId! and tenant = :tenant! and deleted_at is null
 * ```
 */
export const findEndpoint = new PreparedQuery<IFindEndpointParams,IFindEndpointResult>(findEndpointIR);


