/** Types generated for queries found in "libs/manage/endpoints/create-endpoint.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type dlq_policy = 'continue' | 'halt';

export type endpoint_ordering = 'entity' | 'none';

export type numberArray = (number)[];

export type stringArray = (string)[];

/** 'CreateEndpoint' parameters type */
export interface ICreateEndpointParams {
  description: string;
  dlqPolicy: dlq_policy;
  eventTypes: stringArray;
  headersCiphertext?: Buffer | null | void;
  maxConcurrency: number;
  maxRetryAfterSeconds: number;
  metadata: string;
  ordering: endpoint_ordering;
  publicId: string;
  rateLimit?: number | null | void;
  retryScheduleMs?: numberArray | null | void;
  secretCiphertext: Buffer;
  tenant: string;
  timeoutMs: number;
  url: string;
}

/** 'CreateEndpoint' return type */
export type ICreateEndpointResult = void;

/** 'CreateEndpoint' query type */
export interface ICreateEndpointQuery {
  params: ICreateEndpointParams;
  result: ICreateEndpointResult;
}

const createEndpointIR: any = {"usedParamSet":{"publicId":true,"tenant":true,"url":true,"description":true,"eventTypes":true,"ordering":true,"dlqPolicy":true,"retryScheduleMs":true,"timeoutMs":true,"maxConcurrency":true,"maxRetryAfterSeconds":true,"rateLimit":true,"headersCiphertext":true,"metadata":true,"secretCiphertext":true},"params":[{"name":"publicId","required":true,"transform":{"type":"scalar"},"locs":[{"a":257,"b":266}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":269,"b":276}]},{"name":"url","required":true,"transform":{"type":"scalar"},"locs":[{"a":279,"b":283}]},{"name":"description","required":true,"transform":{"type":"scalar"},"locs":[{"a":286,"b":298}]},{"name":"eventTypes","required":true,"transform":{"type":"scalar"},"locs":[{"a":301,"b":312}]},{"name":"ordering","required":true,"transform":{"type":"scalar"},"locs":[{"a":323,"b":332}]},{"name":"dlqPolicy","required":true,"transform":{"type":"scalar"},"locs":[{"a":358,"b":368}]},{"name":"retryScheduleMs","required":false,"transform":{"type":"scalar"},"locs":[{"a":383,"b":398}]},{"name":"timeoutMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":412,"b":422}]},{"name":"maxConcurrency","required":true,"transform":{"type":"scalar"},"locs":[{"a":425,"b":440}]},{"name":"maxRetryAfterSeconds","required":true,"transform":{"type":"scalar"},"locs":[{"a":443,"b":464}]},{"name":"rateLimit","required":false,"transform":{"type":"scalar"},"locs":[{"a":471,"b":480}]},{"name":"headersCiphertext","required":false,"transform":{"type":"scalar"},"locs":[{"a":492,"b":509}]},{"name":"metadata","required":true,"transform":{"type":"scalar"},"locs":[{"a":519,"b":528}]},{"name":"secretCiphertext","required":true,"transform":{"type":"scalar"},"locs":[{"a":668,"b":685}]}],"statement":"with created as (\n  insert into endpoints (\n    public_id, tenant, url, description, event_types, ordering, dlq_policy, retry_schedule_ms, timeout_ms,\n    max_concurrency, max_retry_after_seconds, rate_limit, headers_ciphertext, metadata\n  )\n  values (\n    :publicId!, :tenant!, :url!, :description!, :eventTypes!::text[], :ordering!::endpoint_ordering,\n    :dlqPolicy!::dlq_policy, :retryScheduleMs::integer[], :timeoutMs!, :maxConcurrency!, :maxRetryAfterSeconds!,\n    :rateLimit::integer, :headersCiphertext::bytea, :metadata!::text::jsonb\n  )\n  returning id, tenant\n),\nsecret as (\n  insert into endpoint_secrets (endpoint, tenant, ciphertext)\n  select id, tenant, :secretCiphertext!::bytea from created\n)\ninsert into dispatch_outbox (tenant, shard, topic, value)\nselect tenant, shard, 'control', convert_to(format('{\"kind\":\"endpoint_changed\",\"endpoint\":%s}', id), 'UTF8')\nfrom created, generate_series(0, (select shards from installation) - 1) as shard"};

/**
 * Query generated from SQL:
 * ```
 * with created as (
 *   insert into endpoints (
 *     public_id, tenant, url, description, event_types, ordering, dlq_policy, retry_schedule_ms, timeout_ms,
 *     max_concurrency, max_retry_after_seconds, rate_limit, headers_ciphertext, metadata
 *   )
 *   values (
 *     :publicId!, :tenant!, :url!, :description!, :eventTypes!::text[], :ordering!::endpoint_ordering,
 *     :dlqPolicy!::dlq_policy, :retryScheduleMs::integer[], :timeoutMs!, :maxConcurrency!, :maxRetryAfterSeconds!,
 *     :rateLimit::integer, :headersCiphertext::bytea, :metadata!::text::jsonb
 *   )
 *   returning id, tenant
 * ),
 * secret as (
 *   insert into endpoint_secrets (endpoint, tenant, ciphertext)
 *   select id, tenant, :secretCiphertext!::bytea from created
 * )
 * insert into dispatch_outbox (tenant, shard, topic, value)
 * select tenant, shard, 'control', convert_to(format('{"kind":"endpoint_changed","endpoint":%s}', id), 'UTF8')
 * from created, generate_series(0, (select shards from installation) - 1) as shard
 * ```
 */
export const createEndpoint = new PreparedQuery<ICreateEndpointParams,ICreateEndpointResult>(createEndpointIR);


