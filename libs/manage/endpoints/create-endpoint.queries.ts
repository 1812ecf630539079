/** Types generated for queries found in "libs/manage/endpoints/create-endpoint.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type dlq_policy = 'continue' | 'halt';

export type endpoint_ordering = 'entity' | 'none';

export type NumberOrString = number | string;

export type numberArray = (number)[];

export type stringArray = (string)[];

/** 'CreateEndpoint' parameters type */
export interface ICreateEndpointParams {
  burst?: number | null | void;
  by: string;
  description: string;
  destinationOf?: number | null | void;
  disableAfterMs?: NumberOrString | null | void;
  dlqPolicy: dlq_policy;
  eventTypes: stringArray;
  headersCiphertext?: Buffer | null | void;
  maxConcurrency: number;
  maxRetryAfterSeconds: number;
  metadata: string;
  most: NumberOrString;
  ordering: endpoint_ordering;
  perSecond?: number | null | void;
  publicId: string;
  retryScheduleMs?: numberArray | null | void;
  secretCiphertext: Buffer;
  subject: string;
  tenant: string;
  timeoutMs: number;
  url: string;
}

/** 'CreateEndpoint' return type */
export interface ICreateEndpointResult {
  id: number;
}

/** 'CreateEndpoint' query type */
export interface ICreateEndpointQuery {
  params: ICreateEndpointParams;
  result: ICreateEndpointResult;
}

const createEndpointIR: any = {"usedParamSet":{"publicId":true,"tenant":true,"url":true,"description":true,"eventTypes":true,"ordering":true,"dlqPolicy":true,"retryScheduleMs":true,"timeoutMs":true,"maxConcurrency":true,"maxRetryAfterSeconds":true,"perSecond":true,"burst":true,"disableAfterMs":true,"headersCiphertext":true,"metadata":true,"destinationOf":true,"most":true,"secretCiphertext":true,"subject":true,"by":true},"params":[{"name":"publicId","required":true,"transform":{"type":"scalar"},"locs":[{"a":318,"b":327}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":330,"b":337},{"a":725,"b":732}]},{"name":"url","required":true,"transform":{"type":"scalar"},"locs":[{"a":340,"b":344}]},{"name":"description","required":true,"transform":{"type":"scalar"},"locs":[{"a":347,"b":359}]},{"name":"eventTypes","required":true,"transform":{"type":"scalar"},"locs":[{"a":362,"b":373}]},{"name":"ordering","required":true,"transform":{"type":"scalar"},"locs":[{"a":384,"b":393}]},{"name":"dlqPolicy","required":true,"transform":{"type":"scalar"},"locs":[{"a":419,"b":429}]},{"name":"retryScheduleMs","required":false,"transform":{"type":"scalar"},"locs":[{"a":444,"b":459}]},{"name":"timeoutMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":473,"b":483}]},{"name":"maxConcurrency","required":true,"transform":{"type":"scalar"},"locs":[{"a":486,"b":501}]},{"name":"maxRetryAfterSeconds","required":true,"transform":{"type":"scalar"},"locs":[{"a":504,"b":525}]},{"name":"perSecond","required":false,"transform":{"type":"scalar"},"locs":[{"a":532,"b":541}]},{"name":"burst","required":false,"transform":{"type":"scalar"},"locs":[{"a":552,"b":557}]},{"name":"disableAfterMs","required":false,"transform":{"type":"scalar"},"locs":[{"a":569,"b":583}]},{"name":"headersCiphertext","required":false,"transform":{"type":"scalar"},"locs":[{"a":594,"b":611}]},{"name":"metadata","required":true,"transform":{"type":"scalar"},"locs":[{"a":621,"b":630}]},{"name":"destinationOf","required":false,"transform":{"type":"scalar"},"locs":[{"a":646,"b":659}]},{"name":"most","required":true,"transform":{"type":"scalar"},"locs":[{"a":760,"b":765}]},{"name":"secretCiphertext","required":true,"transform":{"type":"scalar"},"locs":[{"a":1021,"b":1038}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":1259,"b":1267}]},{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":1360,"b":1363}]}],"statement":"with created as (\n  insert into endpoints (\n    public_id, tenant, url, description, event_types, ordering, dlq_policy, retry_schedule_ms, timeout_ms,\n    max_concurrency, max_retry_after_seconds, rate_limit_per_second, rate_limit_burst, disable_after_ms, headers_ciphertext, metadata, destination_of\n  )\n  select\n    :publicId!, :tenant!, :url!, :description!, :eventTypes!::text[], :ordering!::endpoint_ordering,\n    :dlqPolicy!::dlq_policy, :retryScheduleMs::integer[], :timeoutMs!, :maxConcurrency!, :maxRetryAfterSeconds!,\n    :perSecond::float8, :burst::integer, :disableAfterMs::bigint, :headersCiphertext::bytea, :metadata!::text::jsonb, :destinationOf::integer\n  where (select count(*) from endpoints where tenant = :tenant! and deleted_at is null) < :most!\n  on conflict (destination_of, url_digest(url)) where deleted_at is null and destination_of is not null do nothing\n  returning id, tenant, url, event_types\n),\nsecret as (\n  insert into endpoint_secrets (endpoint, tenant, ciphertext)\n  select id, tenant, :secretCiphertext!::bytea from created\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)\n  select\n    tenant, by.type, by.id, by.name, by.\"requestId\", 'endpoint.created', :subject!, jsonb_build_object('url', url, 'eventTypes', event_types)\n  from created, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n),\nnudged as (\n  insert into dispatch_outbox (tenant, shard, topic, value)\n  select tenant, shard, 'control', convert_to(format('{\"kind\":\"endpoint_changed\",\"endpoint\":%s}', id), 'UTF8')\n  from created, generate_series(0, (select shards from installation) - 1) as shard\n)\nselect id from created"};

/**
 * Query generated from SQL:
 * ```
 * with created as (
 *   insert into endpoints (
 *     public_id, tenant, url, description, event_types, ordering, dlq_policy, retry_schedule_ms, timeout_ms,
 *     max_concurrency, max_retry_after_seconds, rate_limit_per_second, rate_limit_burst, disable_after_ms, headers_ciphertext, metadata, destination_of
 *   )
 *   select
 *     :publicId!, :tenant!, :url!, :description!, :eventTypes!::text[], :ordering!::endpoint_ordering,
 *     :dlqPolicy!::dlq_policy, :retryScheduleMs::integer[], :timeoutMs!, :maxConcurrency!, :maxRetryAfterSeconds!,
 *     :perSecond::float8, :burst::integer, :disableAfterMs::bigint, :headersCiphertext::bytea, :metadata!::text::jsonb, :destinationOf::integer
 *   where (select count(*) from endpoints where tenant = :tenant! and deleted_at is null) < :most!
 *   on conflict (destination_of, url_digest(url)) where deleted_at is null and destination_of is not null do nothing
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
 * select id from created
 * ```
 */
export const createEndpoint = new PreparedQuery<ICreateEndpointParams,ICreateEndpointResult>(createEndpointIR);


