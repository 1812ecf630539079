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
  bytes: number;
  limit: NumberOrString;
  tenant: string;
}

/** 'FindEndpoints' return type */
export interface IFindEndpointsResult {
  catchUp: Json | null;
  createdAt: Date;
  description: string;
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

/** 'FindEndpoints' query type */
export interface IFindEndpointsQuery {
  params: IFindEndpointsParams;
  result: IFindEndpointsResult;
}

const findEndpointsIR: any = {"usedParamSet":{"tenant":true,"before":true,"limit":true,"bytes":true},"params":[{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":1072,"b":1079}]},{"name":"before","required":true,"transform":{"type":"scalar"},"locs":[{"a":1113,"b":1120}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":1161,"b":1167}]},{"name":"bytes","required":true,"transform":{"type":"scalar"},"locs":[{"a":1261,"b":1267}]}],"statement":"select\n  id, public_id as \"publicId\", url, description, event_types as \"eventTypes\", ordering, dlq_policy as \"dlqPolicy\",\n  retry_schedule_ms as \"retryScheduleMs\", timeout_ms as \"timeoutMs\", max_concurrency as \"maxConcurrency\",\n  max_retry_after_seconds as \"maxRetryAfterSeconds\", rate_limit as \"rateLimit\", filter,\n  headers_ciphertext as \"headersCiphertext\", metadata, status, status_reason as \"statusReason\",\n  created_at as \"createdAt\", updated_at as \"updatedAt\", catch_up_of(id) as \"catchUp?\",\n  (select s.public_id from sources s where s.id = b.destination_of) as \"source?\", followed as \"followed!\"\nfrom (\n    select\n      e.*, row_number() over newest_first as place, lead(true, 1, false) over newest_first as followed,\n      sum(\n        octet_length(e.url) + octet_length(e.description) + octet_length(e.event_types::text)\n          + octet_length(e.metadata::text) + coalesce(octet_length(e.filter), 0) + coalesce(octet_length(e.headers_ciphertext), 0)\n      ) over newest_first as bytes\n    from (\n        select *\n        from endpoints\n        where tenant = :tenant! and deleted_at is null and id < :before!\n        order by id desc\n        limit :limit!\n      ) e\n    window newest_first as (order by e.id desc)\n  ) b\nwhere place = 1 or bytes <= :bytes!::integer\norder by id desc"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   id, public_id as "publicId", url, description, event_types as "eventTypes", ordering, dlq_policy as "dlqPolicy",
 *   retry_schedule_ms as "retryScheduleMs", timeout_ms as "timeoutMs", max_concurrency as "maxConcurrency",
 *   max_retry_after_seconds as "maxRetryAfterSeconds", rate_limit as "rateLimit", filter,
 *   headers_ciphertext as "headersCiphertext", metadata, status, status_reason as "statusReason",
 *   created_at as "createdAt", updated_at as "updatedAt", catch_up_of(id) as "catchUp?",
 *   (select s.public_id from sources s where s.id = b.destination_of) as "source?", followed as "followed!"
 * from (
 *     select
 *       e.*, row_number() over newest_first as place, lead(true, 1, false) over newest_first as followed,
 *       sum(
 *         octet_length(e.url) + octet_length(e.description) + octet_length(e.event_types::text)
 *           + octet_length(e.metadata::text) + coalesce(octet_length(e.filter), 0) + coalesce(octet_length(e.headers_ciphertext), 0)
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
 * where place = 1 or bytes <= :bytes!::integer
 * order by id desc
 * ```
 */
export const findEndpoints = new PreparedQuery<IFindEndpointsParams,IFindEndpointsResult>(findEndpointsIR);


