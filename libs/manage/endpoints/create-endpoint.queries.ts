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
  filter?: string | null | void;
  filterPasses?: number | null | void;
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

const createEndpointIR: any = {"usedParamSet":{"publicId":true,"tenant":true,"url":true,"description":true,"eventTypes":true,"ordering":true,"dlqPolicy":true,"retryScheduleMs":true,"timeoutMs":true,"publicKey":true,"authCiphertext":true,"filter":true,"filterPasses":true,"maxConcurrency":true,"maxRetryAfterSeconds":true,"perSecond":true,"burst":true,"disableAfterMs":true,"headersCiphertext":true,"metadata":true,"destinationOf":true,"most":true,"secretCiphertext":true,"startAt":true,"subject":true,"by":true},"params":[{"name":"publicId","required":true,"transform":{"type":"scalar"},"locs":[{"a":374,"b":383}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":386,"b":393},{"a":864,"b":871}]},{"name":"url","required":true,"transform":{"type":"scalar"},"locs":[{"a":396,"b":400}]},{"name":"description","required":true,"transform":{"type":"scalar"},"locs":[{"a":403,"b":415}]},{"name":"eventTypes","required":true,"transform":{"type":"scalar"},"locs":[{"a":418,"b":429}]},{"name":"ordering","required":true,"transform":{"type":"scalar"},"locs":[{"a":440,"b":449}]},{"name":"dlqPolicy","required":true,"transform":{"type":"scalar"},"locs":[{"a":475,"b":485}]},{"name":"retryScheduleMs","required":false,"transform":{"type":"scalar"},"locs":[{"a":500,"b":515}]},{"name":"timeoutMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":529,"b":539}]},{"name":"publicKey","required":false,"transform":{"type":"scalar"},"locs":[{"a":546,"b":555}]},{"name":"authCiphertext","required":false,"transform":{"type":"scalar"},"locs":[{"a":558,"b":572}]},{"name":"filter","required":false,"transform":{"type":"scalar"},"locs":[{"a":582,"b":588}]},{"name":"filterPasses","required":false,"transform":{"type":"scalar"},"locs":[{"a":597,"b":609}]},{"name":"maxConcurrency","required":true,"transform":{"type":"scalar"},"locs":[{"a":625,"b":640}]},{"name":"maxRetryAfterSeconds","required":true,"transform":{"type":"scalar"},"locs":[{"a":643,"b":664}]},{"name":"perSecond","required":false,"transform":{"type":"scalar"},"locs":[{"a":671,"b":680}]},{"name":"burst","required":false,"transform":{"type":"scalar"},"locs":[{"a":691,"b":696}]},{"name":"disableAfterMs","required":false,"transform":{"type":"scalar"},"locs":[{"a":708,"b":722}]},{"name":"headersCiphertext","required":false,"transform":{"type":"scalar"},"locs":[{"a":733,"b":750}]},{"name":"metadata","required":true,"transform":{"type":"scalar"},"locs":[{"a":760,"b":769}]},{"name":"destinationOf","required":false,"transform":{"type":"scalar"},"locs":[{"a":785,"b":798}]},{"name":"most","required":true,"transform":{"type":"scalar"},"locs":[{"a":899,"b":904}]},{"name":"secretCiphertext","required":true,"transform":{"type":"scalar"},"locs":[{"a":1160,"b":1177}]},{"name":"startAt","required":false,"transform":{"type":"scalar"},"locs":[{"a":1788,"b":1795}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":2276,"b":2284}]},{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":2377,"b":2380}]}],"statement":"with created as (\n  insert into endpoints (\n    public_id, tenant, url, description, event_types, ordering, dlq_policy, retry_schedule_ms, timeout_ms,\n    public_key, auth_ciphertext, filter, filter_passes,\n    max_concurrency, max_retry_after_seconds, rate_limit_per_second, rate_limit_burst, disable_after_ms, headers_ciphertext, metadata, destination_of\n  )\n  select\n    :publicId!, :tenant!, :url!, :description!, :eventTypes!::text[], :ordering!::endpoint_ordering,\n    :dlqPolicy!::dlq_policy, :retryScheduleMs::integer[], :timeoutMs!,\n    :publicKey, :authCiphertext::bytea, :filter::text, :filterPasses::integer,\n    :maxConcurrency!, :maxRetryAfterSeconds!,\n    :perSecond::float8, :burst::integer, :disableAfterMs::bigint, :headersCiphertext::bytea, :metadata!::text::jsonb, :destinationOf::integer\n  where (select count(*) from endpoints where tenant = :tenant! and deleted_at is null) < :most!\n  on conflict (destination_of, url_digest(url)) where deleted_at is null and destination_of is not null do nothing\n  returning id, tenant, url, event_types\n),\nsecret as (\n  insert into endpoint_secrets (endpoint, tenant, ciphertext)\n  select id, tenant, :secretCiphertext!::bytea from created\n),\nkept as (\n  select accepted_at from kept_events order by id limit 1\n),\nbegun as (\n  insert into catch_ups (endpoint, tenant, from_at, first_at, first_seq, open_shards)\n  select\n    c.id, c.tenant, b.from_at, b.first_at,\n    coalesce(\n      (select accept_seq from kept_events where id >= uuid_floor(b.first_at) order by id limit 1),\n      (select last_value from accept_seq)\n    ),\n    (select shards from installation)\n  from created c\n    cross join lateral (\n      select s.from_at, greatest(s.from_at, coalesce((select accepted_at from kept), now())) as first_at\n      from (select :startAt::text::timestamptz as from_at) s\n    ) b\n  where b.from_at is not null\n  returning endpoint, tenant, open_shards\n),\nbegun_shards as (\n  insert into catch_up_shards (endpoint, shard, tenant)\n  select endpoint, shard, tenant from begun, generate_series(0, open_shards - 1) as shard\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)\n  select\n    tenant, by.type, by.id, by.name, by.\"requestId\", 'endpoint.created', :subject!, jsonb_build_object('url', url, 'eventTypes', event_types)\n  from created, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n),\nnudged as (\n  insert into dispatch_outbox (tenant, shard, topic, value)\n  select tenant, shard, 'control', convert_to(format('{\"kind\":\"endpoint_changed\",\"endpoint\":%s}', id), 'UTF8')\n  from created, generate_series(0, (select shards from installation) - 1) as shard\n)\nselect id from created"};

/**
 * Query generated from SQL:
 * ```
 * with created as (
 *   insert into endpoints (
 *     public_id, tenant, url, description, event_types, ordering, dlq_policy, retry_schedule_ms, timeout_ms,
 *     public_key, auth_ciphertext, filter, filter_passes,
 *     max_concurrency, max_retry_after_seconds, rate_limit_per_second, rate_limit_burst, disable_after_ms, headers_ciphertext, metadata, destination_of
 *   )
 *   select
 *     :publicId!, :tenant!, :url!, :description!, :eventTypes!::text[], :ordering!::endpoint_ordering,
 *     :dlqPolicy!::dlq_policy, :retryScheduleMs::integer[], :timeoutMs!,
 *     :publicKey, :authCiphertext::bytea, :filter::text, :filterPasses::integer,
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


