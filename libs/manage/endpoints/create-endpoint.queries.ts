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
  destinationOf?: number | null | void;
  dlqPolicy: dlq_policy;
  eventTypes: stringArray;
  filter?: string | null | void;
  filterPasses?: number | null | void;
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
  startAt?: string | null | void;
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

const createEndpointIR: any = {"usedParamSet":{"publicId":true,"tenant":true,"url":true,"description":true,"eventTypes":true,"ordering":true,"dlqPolicy":true,"retryScheduleMs":true,"timeoutMs":true,"maxConcurrency":true,"maxRetryAfterSeconds":true,"rateLimit":true,"headersCiphertext":true,"metadata":true,"destinationOf":true,"filter":true,"filterPasses":true,"most":true,"secretCiphertext":true,"startAt":true,"subject":true,"by":true},"params":[{"name":"publicId","required":true,"transform":{"type":"scalar"},"locs":[{"a":298,"b":307}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":310,"b":317},{"a":707,"b":714}]},{"name":"url","required":true,"transform":{"type":"scalar"},"locs":[{"a":320,"b":324}]},{"name":"description","required":true,"transform":{"type":"scalar"},"locs":[{"a":327,"b":339}]},{"name":"eventTypes","required":true,"transform":{"type":"scalar"},"locs":[{"a":342,"b":353}]},{"name":"ordering","required":true,"transform":{"type":"scalar"},"locs":[{"a":364,"b":373}]},{"name":"dlqPolicy","required":true,"transform":{"type":"scalar"},"locs":[{"a":399,"b":409}]},{"name":"retryScheduleMs","required":false,"transform":{"type":"scalar"},"locs":[{"a":424,"b":439}]},{"name":"timeoutMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":453,"b":463}]},{"name":"maxConcurrency","required":true,"transform":{"type":"scalar"},"locs":[{"a":466,"b":481}]},{"name":"maxRetryAfterSeconds","required":true,"transform":{"type":"scalar"},"locs":[{"a":484,"b":505}]},{"name":"rateLimit","required":false,"transform":{"type":"scalar"},"locs":[{"a":512,"b":521}]},{"name":"headersCiphertext","required":false,"transform":{"type":"scalar"},"locs":[{"a":533,"b":550}]},{"name":"metadata","required":true,"transform":{"type":"scalar"},"locs":[{"a":560,"b":569}]},{"name":"destinationOf","required":false,"transform":{"type":"scalar"},"locs":[{"a":585,"b":598}]},{"name":"filter","required":false,"transform":{"type":"scalar"},"locs":[{"a":614,"b":620}]},{"name":"filterPasses","required":false,"transform":{"type":"scalar"},"locs":[{"a":629,"b":641}]},{"name":"most","required":true,"transform":{"type":"scalar"},"locs":[{"a":742,"b":747}]},{"name":"secretCiphertext","required":true,"transform":{"type":"scalar"},"locs":[{"a":1003,"b":1020}]},{"name":"startAt","required":false,"transform":{"type":"scalar"},"locs":[{"a":1631,"b":1638}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":2119,"b":2127}]},{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":2220,"b":2223}]}],"statement":"with created as (\n  insert into endpoints (\n    public_id, tenant, url, description, event_types, ordering, dlq_policy, retry_schedule_ms, timeout_ms,\n    max_concurrency, max_retry_after_seconds, rate_limit, headers_ciphertext, metadata, destination_of,\n    filter, filter_passes\n  )\n  select\n    :publicId!, :tenant!, :url!, :description!, :eventTypes!::text[], :ordering!::endpoint_ordering,\n    :dlqPolicy!::dlq_policy, :retryScheduleMs::integer[], :timeoutMs!, :maxConcurrency!, :maxRetryAfterSeconds!,\n    :rateLimit::integer, :headersCiphertext::bytea, :metadata!::text::jsonb, :destinationOf::integer,\n    :filter::text, :filterPasses::integer\n  where (select count(*) from endpoints where tenant = :tenant! and deleted_at is null) < :most!\n  on conflict (destination_of, url_digest(url)) where deleted_at is null and destination_of is not null do nothing\n  returning id, tenant, url, event_types\n),\nsecret as (\n  insert into endpoint_secrets (endpoint, tenant, ciphertext)\n  select id, tenant, :secretCiphertext!::bytea from created\n),\nkept as (\n  select accepted_at from kept_events order by id limit 1\n),\nbegun as (\n  insert into catch_ups (endpoint, tenant, from_at, first_at, first_seq, open_shards)\n  select\n    c.id, c.tenant, b.from_at, b.first_at,\n    coalesce(\n      (select accept_seq from kept_events where id >= uuid_floor(b.first_at) order by id limit 1),\n      (select last_value from accept_seq)\n    ),\n    (select shards from installation)\n  from created c\n    cross join lateral (\n      select s.from_at, greatest(s.from_at, coalesce((select accepted_at from kept), now())) as first_at\n      from (select :startAt::text::timestamptz as from_at) s\n    ) b\n  where b.from_at is not null\n  returning endpoint, tenant, open_shards\n),\nbegun_shards as (\n  insert into catch_up_shards (endpoint, shard, tenant)\n  select endpoint, shard, tenant from begun, generate_series(0, open_shards - 1) as shard\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)\n  select\n    tenant, by.type, by.id, by.name, by.\"requestId\", 'endpoint.created', :subject!, jsonb_build_object('url', url, 'eventTypes', event_types)\n  from created, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n),\nnudged as (\n  insert into dispatch_outbox (tenant, shard, topic, value)\n  select tenant, shard, 'control', convert_to(format('{\"kind\":\"endpoint_changed\",\"endpoint\":%s}', id), 'UTF8')\n  from created, generate_series(0, (select shards from installation) - 1) as shard\n)\nselect id from created"};

/**
 * Query generated from SQL:
 * ```
 * with created as (
 *   insert into endpoints (
 *     public_id, tenant, url, description, event_types, ordering, dlq_policy, retry_schedule_ms, timeout_ms,
 *     max_concurrency, max_retry_after_seconds, rate_limit, headers_ciphertext, metadata, destination_of,
 *     filter, filter_passes
 *   )
 *   select
 *     :publicId!, :tenant!, :url!, :description!, :eventTypes!::text[], :ordering!::endpoint_ordering,
 *     :dlqPolicy!::dlq_policy, :retryScheduleMs::integer[], :timeoutMs!, :maxConcurrency!, :maxRetryAfterSeconds!,
 *     :rateLimit::integer, :headersCiphertext::bytea, :metadata!::text::jsonb, :destinationOf::integer,
 *     :filter::text, :filterPasses::integer
 *   where (select count(*) from endpoints where tenant = :tenant! and deleted_at is null) < :most!
 *   on conflict (destination_of, url_digest(url)) where deleted_at is null and destination_of is not null do nothing
 *   returning id, tenant, url, event_types
 * ),
 * secret as (
 *   insert into endpoint_secrets (endpoint, tenant, ciphertext)
 *   select id, tenant, :secretCiphertext!::bytea from created
 * ),
 * kept as (
 *   select accepted_at from kept_events order by id limit 1
 * ),
 * begun as (
 *   insert into catch_ups (endpoint, tenant, from_at, first_at, first_seq, open_shards)
 *   select
 *     c.id, c.tenant, b.from_at, b.first_at,
 *     coalesce(
 *       (select accept_seq from kept_events where id >= uuid_floor(b.first_at) order by id limit 1),
 *       (select last_value from accept_seq)
 *     ),
 *     (select shards from installation)
 *   from created c
 *     cross join lateral (
 *       select s.from_at, greatest(s.from_at, coalesce((select accepted_at from kept), now())) as first_at
 *       from (select :startAt::text::timestamptz as from_at) s
 *     ) b
 *   where b.from_at is not null
 *   returning endpoint, tenant, open_shards
 * ),
 * begun_shards as (
 *   insert into catch_up_shards (endpoint, shard, tenant)
 *   select endpoint, shard, tenant from begun, generate_series(0, open_shards - 1) as shard
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


