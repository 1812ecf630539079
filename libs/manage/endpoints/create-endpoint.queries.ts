/** Types generated for queries found in "libs/manage/endpoints/create-endpoint.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type dlq_policy = 'continue' | 'halt';

export type endpoint_ordering = 'entity' | 'none';

export type NumberOrString = number | string;

export type numberArray = (number)[];

export type stringArray = (string)[];

/** 'CreateEndpoint' parameters type */
export interface ICreateEndpointParams {
  authCiphertext?: Buffer | null | void;
  by: string;
  description: string;
  destinationOf?: number | null | void;
  dlqPolicy: dlq_policy;
  eventTypes: stringArray;
  headersCiphertext?: Buffer | null | void;
  maxConcurrency: number;
  maxRetryAfterSeconds: number;
  metadata: string;
  most: NumberOrString;
  ordering: endpoint_ordering;
  publicId: string;
  publicKey?: string | null | void;
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
  id: number;
}

/** 'CreateEndpoint' query type */
export interface ICreateEndpointQuery {
  params: ICreateEndpointParams;
  result: ICreateEndpointResult;
}

const createEndpointIR: any = {"usedParamSet":{"publicId":true,"tenant":true,"url":true,"description":true,"eventTypes":true,"ordering":true,"dlqPolicy":true,"retryScheduleMs":true,"timeoutMs":true,"publicKey":true,"authCiphertext":true,"maxConcurrency":true,"maxRetryAfterSeconds":true,"rateLimit":true,"headersCiphertext":true,"metadata":true,"destinationOf":true,"most":true,"secretCiphertext":true,"subject":true,"by":true},"params":[{"name":"publicId","required":true,"transform":{"type":"scalar"},"locs":[{"a":304,"b":313}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":316,"b":323},{"a":714,"b":721}]},{"name":"url","required":true,"transform":{"type":"scalar"},"locs":[{"a":326,"b":330}]},{"name":"description","required":true,"transform":{"type":"scalar"},"locs":[{"a":333,"b":345}]},{"name":"eventTypes","required":true,"transform":{"type":"scalar"},"locs":[{"a":348,"b":359}]},{"name":"ordering","required":true,"transform":{"type":"scalar"},"locs":[{"a":370,"b":379}]},{"name":"dlqPolicy","required":true,"transform":{"type":"scalar"},"locs":[{"a":405,"b":415}]},{"name":"retryScheduleMs","required":false,"transform":{"type":"scalar"},"locs":[{"a":430,"b":445}]},{"name":"timeoutMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":459,"b":469}]},{"name":"publicKey","required":false,"transform":{"type":"scalar"},"locs":[{"a":476,"b":485}]},{"name":"authCiphertext","required":false,"transform":{"type":"scalar"},"locs":[{"a":488,"b":502}]},{"name":"maxConcurrency","required":true,"transform":{"type":"scalar"},"locs":[{"a":516,"b":531}]},{"name":"maxRetryAfterSeconds","required":true,"transform":{"type":"scalar"},"locs":[{"a":534,"b":555}]},{"name":"rateLimit","required":false,"transform":{"type":"scalar"},"locs":[{"a":562,"b":571}]},{"name":"headersCiphertext","required":false,"transform":{"type":"scalar"},"locs":[{"a":583,"b":600}]},{"name":"metadata","required":true,"transform":{"type":"scalar"},"locs":[{"a":610,"b":619}]},{"name":"destinationOf","required":false,"transform":{"type":"scalar"},"locs":[{"a":635,"b":648}]},{"name":"most","required":true,"transform":{"type":"scalar"},"locs":[{"a":749,"b":754}]},{"name":"secretCiphertext","required":true,"transform":{"type":"scalar"},"locs":[{"a":1010,"b":1027}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":1248,"b":1256}]},{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":1349,"b":1352}]}],"statement":"with created as (\n  insert into endpoints (\n    public_id, tenant, url, description, event_types, ordering, dlq_policy, retry_schedule_ms, timeout_ms,\n    public_key, auth_ciphertext,\n    max_concurrency, max_retry_after_seconds, rate_limit, headers_ciphertext, metadata, destination_of\n  )\n  select\n    :publicId!, :tenant!, :url!, :description!, :eventTypes!::text[], :ordering!::endpoint_ordering,\n    :dlqPolicy!::dlq_policy, :retryScheduleMs::integer[], :timeoutMs!,\n    :publicKey, :authCiphertext::bytea,\n    :maxConcurrency!, :maxRetryAfterSeconds!,\n    :rateLimit::integer, :headersCiphertext::bytea, :metadata!::text::jsonb, :destinationOf::integer\n  where (select count(*) from endpoints where tenant = :tenant! and deleted_at is null) < :most!\n  on conflict (destination_of, url_digest(url)) where deleted_at is null and destination_of is not null do nothing\n  returning id, tenant, url, event_types\n),\nsecret as (\n  insert into endpoint_secrets (endpoint, tenant, ciphertext)\n  select id, tenant, :secretCiphertext!::bytea from created\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)\n  select\n    tenant, by.type, by.id, by.name, by.\"requestId\", 'endpoint.created', :subject!, jsonb_build_object('url', url, 'eventTypes', event_types)\n  from created, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n),\nnudged as (\n  insert into dispatch_outbox (tenant, shard, topic, value)\n  select tenant, shard, 'control', convert_to(format('{\"kind\":\"endpoint_changed\",\"endpoint\":%s}', id), 'UTF8')\n  from created, generate_series(0, (select shards from installation) - 1) as shard\n)\nselect id from created"};

/**
 * Query generated from SQL:
 * ```
 * with created as (
 *   insert into endpoints (
 *     public_id, tenant, url, description, event_types, ordering, dlq_policy, retry_schedule_ms, timeout_ms,
 *     public_key, auth_ciphertext,
 *     max_concurrency, max_retry_after_seconds, rate_limit, headers_ciphertext, metadata, destination_of
 *   )
 *   select
 *     :publicId!, :tenant!, :url!, :description!, :eventTypes!::text[], :ordering!::endpoint_ordering,
 *     :dlqPolicy!::dlq_policy, :retryScheduleMs::integer[], :timeoutMs!,
 *     :publicKey, :authCiphertext::bytea,
 *     :maxConcurrency!, :maxRetryAfterSeconds!,
 *     :rateLimit::integer, :headersCiphertext::bytea, :metadata!::text::jsonb, :destinationOf::integer
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


