/** Types generated for queries found in "libs/manage/endpoints/find-endpoints.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

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
  limit: NumberOrString;
  publicId?: string | null | void;
  tenant: string;
}

/** 'FindEndpoints' return type */
export interface IFindEndpointsResult {
  createdAt: Date;
  description: string;
  dlqPolicy: dlq_policy;
  eventTypes: stringArray;
  headersCiphertext: Buffer | null;
  id: number;
  maxConcurrency: number;
  maxRetryAfterSeconds: number;
  metadata: Json;
  ordering: endpoint_ordering;
  publicId: string;
  rateLimit: number | null;
  retryScheduleMs: numberArray | null;
  status: endpoint_status;
  statusReason: string | null;
  timeoutMs: number;
  updatedAt: Date;
  url: string;
}

/** 'FindEndpoints' query type */
export interface IFindEndpointsQuery {
  params: IFindEndpointsParams;
  result: IFindEndpointsResult;
}

const findEndpointsIR: any = {"usedParamSet":{"tenant":true,"before":true,"publicId":true,"limit":true},"params":[{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":491,"b":498}]},{"name":"before","required":true,"transform":{"type":"scalar"},"locs":[{"a":532,"b":539}]},{"name":"publicId","required":false,"transform":{"type":"scalar"},"locs":[{"a":548,"b":556},{"a":587,"b":595}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":627,"b":633}]}],"statement":"select\n  id, public_id as \"publicId\", url, description, event_types as \"eventTypes\", ordering, dlq_policy as \"dlqPolicy\",\n  retry_schedule_ms as \"retryScheduleMs\", timeout_ms as \"timeoutMs\", max_concurrency as \"maxConcurrency\",\n  max_retry_after_seconds as \"maxRetryAfterSeconds\", rate_limit as \"rateLimit\",\n  headers_ciphertext as \"headersCiphertext\", metadata, status, status_reason as \"statusReason\",\n  created_at as \"createdAt\", updated_at as \"updatedAt\"\nfrom endpoints\nwhere\n  tenant = :tenant! and deleted_at is null and id < :before!\n  and (:publicId::uuid is null or public_id = :publicId::uuid)\norder by id desc\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   id, public_id as "publicId", url, description, event_types as "eventTypes", ordering, dlq_policy as "dlqPolicy",
 *   retry_schedule_ms as "retryScheduleMs", timeout_ms as "timeoutMs", max_concurrency as "maxConcurrency",
 *   max_retry_after_seconds as "maxRetryAfterSeconds", rate_limit as "rateLimit",
 *   headers_ciphertext as "headersCiphertext", metadata, status, status_reason as "statusReason",
 *   created_at as "createdAt", updated_at as "updatedAt"
 * from endpoints
 * where
 *   tenant = :tenant! and deleted_at is null and id < :before!
 *   and (:publicId::uuid is null or public_id = :publicId::uuid)
 * order by id desc
 * limit :limit!
 * ```
 */
export const findEndpoints = new PreparedQuery<IFindEndpointsParams,IFindEndpointsResult>(findEndpointsIR);


