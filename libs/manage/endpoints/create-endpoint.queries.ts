/** Types generated for queries found in "libs/manage/endpoints/create-endpoint.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type dlq_policy = 'continue' | 'halt';

export type endpoint_ordering = 'entity' | 'none';

export type NumberOrString = number | string;

export type numberArray = (number)[];

export type stringArray = (string)[];

/** 'CreateEndpoint' parameters type */
export interface ICreateEndpointParams {
  by: string;
  description: string;
  dlqPolicy: dlq_policy;
  eventTypes: stringArray;
  headersCiphertext?: Buffer | null | void;
  maxConcurrency: number;
  maxRetryAfterSeconds: number;
  metadata: string;
  most: NumberOrString;
  ordering: endpoint_ordering;
  publicId: string;
  rateLimit?: number | null | void;
  retryScheduleMs?: numberArray | null | void;
  secretCiphertext: Buffer;
  subject: string;
  tenant: string;
  timeoutMs: number;
  url: string;
}

/** 'CreateEndpoint' return type */
export interface ICreateEndpointResult {
  created: boolean | null;
}

/** 'CreateEndpoint' query type */
export interface ICreateEndpointQuery {
  params: ICreateEndpointParams;
  result: ICreateEndpointResult;
}

const createEndpointIR: any = {"usedParamSet":{"publicId":true,"tenant":true,"url":true,"description":true,"eventTypes":true,"ordering":true,"dlqPolicy":true,"retryScheduleMs":true,"timeoutMs":true,"maxConcurrency":true,"maxRetryAfterSeconds":true,"rateLimit":true,"headersCiphertext":true,"metadata":true,"most":true,"secretCiphertext":true,"subject":true,"by":true},"params":[{"name":"publicId","required":true,"transform":{"type":"scalar"},"locs":[{"a":255,"b":264}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":267,"b":274},{"a":596,"b":603}]},{"name":"url","required":true,"transform":{"type":"scalar"},"locs":[{"a":277,"b":281}]},{"name":"description","required":true,"transform":{"type":"scalar"},"locs":[{"a":284,"b":296}]},{"name":"eventTypes","required":true,"transform":{"type":"scalar"},"locs":[{"a":299,"b":310}]},{"name":"ordering","required":true,"transform":{"type":"scalar"},"locs":[{"a":321,"b":330}]},{"name":"dlqPolicy","required":true,"transform":{"type":"scalar"},"locs":[{"a":356,"b":366}]},{"name":"retryScheduleMs","required":false,"transform":{"type":"scalar"},"locs":[{"a":381,"b":396}]},{"name":"timeoutMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":410,"b":420}]},{"name":"maxConcurrency","required":true,"transform":{"type":"scalar"},"locs":[{"a":423,"b":438}]},{"name":"maxRetryAfterSeconds","required":true,"transform":{"type":"scalar"},"locs":[{"a":441,"b":462}]},{"name":"rateLimit","required":false,"transform":{"type":"scalar"},"locs":[{"a":469,"b":478}]},{"name":"headersCiphertext","required":false,"transform":{"type":"scalar"},"locs":[{"a":490,"b":507}]},{"name":"metadata","required":true,"transform":{"type":"scalar"},"locs":[{"a":517,"b":526}]},{"name":"most","required":true,"transform":{"type":"scalar"},"locs":[{"a":631,"b":636}]},{"name":"secretCiphertext","required":true,"transform":{"type":"scalar"},"locs":[{"a":777,"b":794}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":1015,"b":1023}]},{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":1116,"b":1119}]}],"statement":"with created as (\n  insert into endpoints (\n    public_id, tenant, url, description, event_types, ordering, dlq_policy, retry_schedule_ms, timeout_ms,\n    max_concurrency, max_retry_after_seconds, rate_limit, headers_ciphertext, metadata\n  )\n  select\n    :publicId!, :tenant!, :url!, :description!, :eventTypes!::text[], :ordering!::endpoint_ordering,\n    :dlqPolicy!::dlq_policy, :retryScheduleMs::integer[], :timeoutMs!, :maxConcurrency!, :maxRetryAfterSeconds!,\n    :rateLimit::integer, :headersCiphertext::bytea, :metadata!::text::jsonb\n  where (select count(*) from endpoints where tenant = :tenant! and deleted_at is null) < :most!\n  returning id, tenant, url, event_types\n),\nsecret as (\n  insert into endpoint_secrets (endpoint, tenant, ciphertext)\n  select id, tenant, :secretCiphertext!::bytea from created\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)\n  select\n    tenant, by.type, by.id, by.name, by.\"requestId\", 'endpoint.created', :subject!, jsonb_build_object('url', url, 'eventTypes', event_types)\n  from created, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n),\nnudged as (\n  insert into dispatch_outbox (tenant, shard, topic, value)\n  select tenant, shard, 'control', convert_to(format('{\"kind\":\"endpoint_changed\",\"endpoint\":%s}', id), 'UTF8')\n  from created, generate_series(0, (select shards from installation) - 1) as shard\n)\nselect true as \"created\" from created"};

/**
 * Query generated from SQL:
 * ```
 * with created as (
 *   insert into endpoints (
 *     public_id, tenant, url, description, event_types, ordering, dlq_policy, retry_schedule_ms, timeout_ms,
 *     max_concurrency, max_retry_after_seconds, rate_limit, headers_ciphertext, metadata
 *   )
 *   select
 *     :publicId!, :tenant!, :url!, :description!, :eventTypes!::text[], :ordering!::endpoint_ordering,
 *     :dlqPolicy!::dlq_policy, :retryScheduleMs::integer[], :timeoutMs!, :maxConcurrency!, :maxRetryAfterSeconds!,
 *     :rateLimit::integer, :headersCiphertext::bytea, :metadata!::text::jsonb
 *   where (select count(*) from endpoints where tenant = :tenant! and deleted_at is null) < :most!
 *   returning id, tenant, url, event_types
 * ),
 * secret as (
 *   insert into endpoint_secrets (endpoint, tenant, ciphertext)
 *   select id, tenant, :secretCiphertext!::bytea from created
 * ),
 * audited as (
 *   insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
 *   select
 *     tenant, by.type, by.id, by.name, by."requestId", 'endpoint.created', :subject!, jsonb_build_object('url', url, 'eventTypes', event_types)
 *   from created, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
 * ),
 * nudged as (
 *   insert into dispatch_outbox (tenant, shard, topic, value)
 *   select tenant, shard, 'control', convert_to(format('{"kind":"endpoint_changed","endpoint":%s}', id), 'UTF8')
 *   from created, generate_series(0, (select shards from installation) - 1) as shard
 * )
 * select true as "created" from created
 * ```
 */
export const createEndpoint = new PreparedQuery<ICreateEndpointParams,ICreateEndpointResult>(createEndpointIR);


