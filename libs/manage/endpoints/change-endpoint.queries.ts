/** Types generated for queries found in "libs/manage/endpoints/change-endpoint.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type dlq_policy = 'continue' | 'halt';

export type NumberOrString = number | string;

export type numberArray = (number)[];

export type stringArray = (string)[];

/** 'ChangeEndpoint' parameters type */
export interface IChangeEndpointParams {
  authCiphertext?: Buffer | null | void;
  burst?: number | null | void;
  by: string;
  description?: string | null | void;
  disableAfterMs?: NumberOrString | null | void;
  dlqPolicy?: dlq_policy | null | void;
  eventTypes?: stringArray | null | void;
  filter?: string | null | void;
  filterPasses?: number | null | void;
  headersCiphertext?: Buffer | null | void;
  maxConcurrency?: number | null | void;
  maxRetryAfterSeconds?: number | null | void;
  metadata?: string | null | void;
  overlapMs: number;
  perSecond?: number | null | void;
  publicId: string;
  publicKey?: string | null | void;
  retryScheduleMs?: numberArray | null | void;
  secretCiphertext?: Buffer | null | void;
  setsAuth: boolean;
  setsDisableAfter: boolean;
  setsFilter: boolean;
  setsHeaders: boolean;
  setsRateLimit: boolean;
  setsRetrySchedule: boolean;
  setsSecret: boolean;
  settings: stringArray;
  subject: string;
  tenant: string;
  timeoutMs?: number | null | void;
  url?: string | null | void;
  version?: number | null | void;
}

/** 'ChangeEndpoint' return type */
export interface IChangeEndpointResult {
  changed: boolean | null;
}

/** 'ChangeEndpoint' query type */
export interface IChangeEndpointQuery {
  params: IChangeEndpointParams;
  result: IChangeEndpointResult;
}

const changeEndpointIR: any = {"usedParamSet":{"url":true,"description":true,"eventTypes":true,"dlqPolicy":true,"setsRetrySchedule":true,"retryScheduleMs":true,"timeoutMs":true,"maxConcurrency":true,"maxRetryAfterSeconds":true,"setsRateLimit":true,"perSecond":true,"burst":true,"setsDisableAfter":true,"disableAfterMs":true,"setsAuth":true,"authCiphertext":true,"setsSecret":true,"publicKey":true,"setsFilter":true,"filter":true,"filterPasses":true,"setsHeaders":true,"headersCiphertext":true,"metadata":true,"publicId":true,"tenant":true,"version":true,"overlapMs":true,"secretCiphertext":true,"subject":true,"settings":true,"by":true},"params":[{"name":"url","required":false,"transform":{"type":"scalar"},"locs":[{"a":62,"b":65}]},{"name":"description","required":false,"transform":{"type":"scalar"},"locs":[{"a":101,"b":112}]},{"name":"eventTypes","required":false,"transform":{"type":"scalar"},"locs":[{"a":156,"b":166}]},{"name":"dlqPolicy","required":false,"transform":{"type":"scalar"},"locs":[{"a":217,"b":226}]},{"name":"setsRetrySchedule","required":true,"transform":{"type":"scalar"},"locs":[{"a":288,"b":306}]},{"name":"retryScheduleMs","required":false,"transform":{"type":"scalar"},"locs":[{"a":313,"b":328}]},{"name":"timeoutMs","required":false,"transform":{"type":"scalar"},"locs":[{"a":395,"b":404}]},{"name":"maxConcurrency","required":false,"transform":{"type":"scalar"},"locs":[{"a":451,"b":465}]},{"name":"maxRetryAfterSeconds","required":false,"transform":{"type":"scalar"},"locs":[{"a":525,"b":545}]},{"name":"setsRateLimit","required":true,"transform":{"type":"scalar"},"locs":[{"a":612,"b":626},{"a":717,"b":731}]},{"name":"perSecond","required":false,"transform":{"type":"scalar"},"locs":[{"a":633,"b":642}]},{"name":"burst","required":false,"transform":{"type":"scalar"},"locs":[{"a":738,"b":743}]},{"name":"setsDisableAfter","required":true,"transform":{"type":"scalar"},"locs":[{"a":814,"b":831}]},{"name":"disableAfterMs","required":false,"transform":{"type":"scalar"},"locs":[{"a":838,"b":852}]},{"name":"setsAuth","required":true,"transform":{"type":"scalar"},"locs":[{"a":921,"b":930}]},{"name":"authCiphertext","required":false,"transform":{"type":"scalar"},"locs":[{"a":937,"b":951}]},{"name":"setsSecret","required":true,"transform":{"type":"scalar"},"locs":[{"a":1013,"b":1024},{"a":1738,"b":1749},{"a":1971,"b":1982}]},{"name":"publicKey","required":false,"transform":{"type":"scalar"},"locs":[{"a":1031,"b":1040}]},{"name":"setsFilter","required":true,"transform":{"type":"scalar"},"locs":[{"a":1086,"b":1097},{"a":1165,"b":1176}]},{"name":"filter","required":false,"transform":{"type":"scalar"},"locs":[{"a":1104,"b":1110}]},{"name":"filterPasses","required":false,"transform":{"type":"scalar"},"locs":[{"a":1183,"b":1195}]},{"name":"setsHeaders","required":true,"transform":{"type":"scalar"},"locs":[{"a":1265,"b":1277}]},{"name":"headersCiphertext","required":false,"transform":{"type":"scalar"},"locs":[{"a":1284,"b":1301}]},{"name":"metadata","required":false,"transform":{"type":"scalar"},"locs":[{"a":1363,"b":1371}]},{"name":"publicId","required":true,"transform":{"type":"scalar"},"locs":[{"a":1441,"b":1450}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":1465,"b":1472}]},{"name":"version","required":false,"transform":{"type":"scalar"},"locs":[{"a":1502,"b":1509},{"a":1541,"b":1548}]},{"name":"overlapMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":1667,"b":1677}]},{"name":"secretCiphertext","required":false,"transform":{"type":"scalar"},"locs":[{"a":1927,"b":1943}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":2179,"b":2187}]},{"name":"settings","required":true,"transform":{"type":"scalar"},"locs":[{"a":2221,"b":2230}]},{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":2273,"b":2276}]}],"statement":"with changed as (\n  update endpoints\n  set\n    url = coalesce(:url, url),\n    description = coalesce(:description, description),\n    event_types = coalesce(:eventTypes::text[], event_types),\n    dlq_policy = coalesce(:dlqPolicy::dlq_policy, dlq_policy),\n    retry_schedule_ms = case when :setsRetrySchedule! then :retryScheduleMs::integer[] else retry_schedule_ms end,\n    timeout_ms = coalesce(:timeoutMs, timeout_ms),\n    max_concurrency = coalesce(:maxConcurrency, max_concurrency),\n    max_retry_after_seconds = coalesce(:maxRetryAfterSeconds, max_retry_after_seconds),\n    rate_limit_per_second = case when :setsRateLimit! then :perSecond::float8 else rate_limit_per_second end,\n    rate_limit_burst = case when :setsRateLimit! then :burst::integer else rate_limit_burst end,\n    disable_after_ms = case when :setsDisableAfter! then :disableAfterMs::bigint else disable_after_ms end,\n    auth_ciphertext = case when :setsAuth! then :authCiphertext::bytea else auth_ciphertext end,\n    public_key = case when :setsSecret! then :publicKey else public_key end,\n    filter = case when :setsFilter! then :filter::text else filter end,\n    filter_passes = case when :setsFilter! then :filterPasses::integer else filter_passes end,\n    headers_ciphertext = case when :setsHeaders! then :headersCiphertext::bytea else headers_ciphertext end,\n    metadata = coalesce(:metadata::text::jsonb, metadata),\n    updated_at = now()\n  where public_id = :publicId! and tenant = :tenant! and deleted_at is null and (:version::integer is null or version = :version)\n  returning id, tenant\n),\nshortened as (\n  update endpoint_secrets s\n  set expires_at = least(s.expires_at, now() + :overlapMs!::float8 * interval '1 millisecond')\n  from changed\n  where :setsSecret! and s.endpoint = changed.id and (s.expires_at is null or s.expires_at > now())\n),\nadded as (\n  insert into endpoint_secrets (endpoint, tenant, ciphertext)\n  select id, tenant, :secretCiphertext::bytea from changed where :setsSecret!\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)\n  select tenant, by.type, by.id, by.name, by.\"requestId\", 'endpoint.changed', :subject!, jsonb_build_object('settings', :settings!::text[])\n  from changed, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n),\nnudged as (\n  insert into dispatch_outbox (tenant, shard, topic, value)\n  select tenant, shard, 'control', convert_to(format('{\"kind\":\"endpoint_changed\",\"endpoint\":%s}', id), 'UTF8')\n  from changed, generate_series(0, (select shards from installation) - 1) as shard\n)\nselect true as \"changed\" from changed"};

/**
 * Query generated from SQL:
 * ```
 * with changed as (
 *   update endpoints
 *   set
 *     url = coalesce(:url, url),
 *     description = coalesce(:description, description),
 *     event_types = coalesce(:eventTypes::text[], event_types),
 *     dlq_policy = coalesce(:dlqPolicy::dlq_policy, dlq_policy),
 *     retry_schedule_ms = case when :setsRetrySchedule! then :retryScheduleMs::integer[] else retry_schedule_ms end,
 *     timeout_ms = coalesce(:timeoutMs, timeout_ms),
 *     max_concurrency = coalesce(:maxConcurrency, max_concurrency),
 *     max_retry_after_seconds = coalesce(:maxRetryAfterSeconds, max_retry_after_seconds),
 *     rate_limit_per_second = case when :setsRateLimit! then :perSecond::float8 else rate_limit_per_second end,
 *     rate_limit_burst = case when :setsRateLimit! then :burst::integer else rate_limit_burst end,
 *     disable_after_ms = case when :setsDisableAfter! then :disableAfterMs::bigint else disable_after_ms end,
 *     auth_ciphertext = case when :setsAuth! then :authCiphertext::bytea else auth_ciphertext end,
 *     public_key = case when :setsSecret! then :publicKey else public_key end,
 *     filter = case when :setsFilter! then :filter::text else filter end,
 *     filter_passes = case when :setsFilter! then :filterPasses::integer else filter_passes end,
 *     headers_ciphertext = case when :setsHeaders! then :headersCiphertext::bytea else headers_ciphertext end,
 *     metadata = coalesce(:metadata::text::jsonb, metadata),
 *     updated_at = now()
 *   where public_id = :publicId! and tenant = :tenant! and deleted_at is null and (:version::integer is null or version = :version)
 *   returning id, tenant
 * ),
 * shortened as (
 *   update endpoint_secrets s
 *   set expires_at = least(s.expires_at, now() + :overlapMs!::float8 * interval '1 millisecond')
 *   from changed
 *   where :setsSecret! and s.endpoint = changed.id and (s.expires_at is null or s.expires_at > now())
 * ),
 * added as (
 *   insert into endpoint_secrets (endpoint, tenant, ciphertext)
 *   select id, tenant, :secretCiphertext::bytea from changed where :setsSecret!
 * ),
 * audited as (
 *   insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
 *   select tenant, by.type, by.id, by.name, by."requestId", 'endpoint.changed', :subject!, jsonb_build_object('settings', :settings!::text[])
 *   from changed, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
 * ),
 * nudged as (
 *   insert into dispatch_outbox (tenant, shard, topic, value)
 *   select tenant, shard, 'control', convert_to(format('{"kind":"endpoint_changed","endpoint":%s}', id), 'UTF8')
 *   from changed, generate_series(0, (select shards from installation) - 1) as shard
 * )
 * select true as "changed" from changed
 * ```
 */
export const changeEndpoint = new PreparedQuery<IChangeEndpointParams,IChangeEndpointResult>(changeEndpointIR);


