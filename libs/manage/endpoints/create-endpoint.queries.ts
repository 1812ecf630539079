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
  publicKey?: string | null | void;
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

const createEndpointIR: any = {"usedParamSet":{"publicId":true,"tenant":true,"url":true,"description":true,"eventTypes":true,"ordering":true,"dlqPolicy":true,"retryScheduleMs":true,"timeoutMs":true,"publicKey":true,"authCiphertext":true,"maxConcurrency":true,"maxRetryAfterSeconds":true,"perSecond":true,"burst":true,"disableAfterMs":true,"headersCiphertext":true,"metadata":true,"destinationOf":true,"most":true,"secretCiphertext":true,"subject":true,"by":true},"params":[{"name":"publicId","required":true,"transform":{"type":"scalar"},"locs":[{"a":351,"b":360}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":363,"b":370},{"a":802,"b":809}]},{"name":"url","required":true,"transform":{"type":"scalar"},"locs":[{"a":373,"b":377}]},{"name":"description","required":true,"transform":{"type":"scalar"},"locs":[{"a":380,"b":392}]},{"name":"eventTypes","required":true,"transform":{"type":"scalar"},"locs":[{"a":395,"b":406}]},{"name":"ordering","required":true,"transform":{"type":"scalar"},"locs":[{"a":417,"b":426}]},{"name":"dlqPolicy","required":true,"transform":{"type":"scalar"},"locs":[{"a":452,"b":462}]},{"name":"retryScheduleMs","required":false,"transform":{"type":"scalar"},"locs":[{"a":477,"b":492}]},{"name":"timeoutMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":506,"b":516}]},{"name":"publicKey","required":false,"transform":{"type":"scalar"},"locs":[{"a":523,"b":532}]},{"name":"authCiphertext","required":false,"transform":{"type":"scalar"},"locs":[{"a":535,"b":549}]},{"name":"maxConcurrency","required":true,"transform":{"type":"scalar"},"locs":[{"a":563,"b":578}]},{"name":"maxRetryAfterSeconds","required":true,"transform":{"type":"scalar"},"locs":[{"a":581,"b":602}]},{"name":"perSecond","required":false,"transform":{"type":"scalar"},"locs":[{"a":609,"b":618}]},{"name":"burst","required":false,"transform":{"type":"scalar"},"locs":[{"a":629,"b":634}]},{"name":"disableAfterMs","required":false,"transform":{"type":"scalar"},"locs":[{"a":646,"b":660}]},{"name":"headersCiphertext","required":false,"transform":{"type":"scalar"},"locs":[{"a":671,"b":688}]},{"name":"metadata","required":true,"transform":{"type":"scalar"},"locs":[{"a":698,"b":707}]},{"name":"destinationOf","required":false,"transform":{"type":"scalar"},"locs":[{"a":723,"b":736}]},{"name":"most","required":true,"transform":{"type":"scalar"},"locs":[{"a":837,"b":842}]},{"name":"secretCiphertext","required":true,"transform":{"type":"scalar"},"locs":[{"a":1098,"b":1115}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":1336,"b":1344}]},{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":1437,"b":1440}]}],"statement":"with created as (\n  insert into endpoints (\n    public_id, tenant, url, description, event_types, ordering, dlq_policy, retry_schedule_ms, timeout_ms,\n    public_key, auth_ciphertext,\n    max_concurrency, max_retry_after_seconds, rate_limit_per_second, rate_limit_burst, disable_after_ms, headers_ciphertext, metadata, destination_of\n  )\n  select\n    :publicId!, :tenant!, :url!, :description!, :eventTypes!::text[], :ordering!::endpoint_ordering,\n    :dlqPolicy!::dlq_policy, :retryScheduleMs::integer[], :timeoutMs!,\n    :publicKey, :authCiphertext::bytea,\n    :maxConcurrency!, :maxRetryAfterSeconds!,\n    :perSecond::float8, :burst::integer, :disableAfterMs::bigint, :headersCiphertext::bytea, :metadata!::text::jsonb, :destinationOf::integer\n  where (select count(*) from endpoints where tenant = :tenant! and deleted_at is null) < :most!\n  on conflict (destination_of, url_digest(url)) where deleted_at is null and destination_of is not null do nothing\n  returning id, tenant, url, event_types\n),\nsecret as (\n  insert into endpoint_secrets (endpoint, tenant, ciphertext)\n  select id, tenant, :secretCiphertext!::bytea from created\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)\n  select\n    tenant, by.type, by.id, by.name, by.\"requestId\", 'endpoint.created', :subject!, jsonb_build_object('url', url, 'eventTypes', event_types)\n  from created, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n),\nnudged as (\n  insert into dispatch_outbox (tenant, shard, topic, value)\n  select tenant, shard, 'control', convert_to(format('{\"kind\":\"endpoint_changed\",\"endpoint\":%s}', id), 'UTF8')\n  from created, generate_series(0, (select shards from installation) - 1) as shard\n)\nselect id from created"};

/**
 * Query generated from SQL:
 * ```
 * with created as (
 *   insert into endpoints (
 *     public_id, tenant, url, description, event_types, ordering, dlq_policy, retry_schedule_ms, timeout_ms,
 *     public_key, auth_ciphertext,
 *     max_concurrency, max_retry_after_seconds, rate_limit_per_second, rate_limit_burst, disable_after_ms, headers_ciphertext, metadata, destination_of
 *   )
 *   select
 *     :publicId!, :tenant!, :url!, :description!, :eventTypes!::text[], :ordering!::endpoint_ordering,
 *     :dlqPolicy!::dlq_policy, :retryScheduleMs::integer[], :timeoutMs!,
 *     :publicKey, :authCiphertext::bytea,
 *     :maxConcurrency!, :maxRetryAfterSeconds!,
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


