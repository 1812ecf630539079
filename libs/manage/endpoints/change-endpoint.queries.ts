/** Types generated for queries found in "libs/manage/endpoints/change-endpoint.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type dlq_policy = 'continue' | 'halt';

export type numberArray = (number)[];

export type stringArray = (string)[];

/** 'ChangeEndpoint' parameters type */
export interface IChangeEndpointParams {
  authCiphertext?: Buffer | null | void;
  by: string;
  description?: string | null | void;
  dlqPolicy?: dlq_policy | null | void;
  eventTypes?: stringArray | null | void;
  headersCiphertext?: Buffer | null | void;
  maxConcurrency?: number | null | void;
  maxRetryAfterSeconds?: number | null | void;
  metadata?: string | null | void;
  overlapMs: number;
  publicId: string;
  publicKey?: string | null | void;
  rateLimit?: number | null | void;
  retryScheduleMs?: numberArray | null | void;
  secretCiphertext?: Buffer | null | void;
  setsAuth: boolean;
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

const changeEndpointIR: any = {"usedParamSet":{"url":true,"description":true,"eventTypes":true,"dlqPolicy":true,"setsRetrySchedule":true,"retryScheduleMs":true,"timeoutMs":true,"maxConcurrency":true,"maxRetryAfterSeconds":true,"setsRateLimit":true,"rateLimit":true,"setsAuth":true,"authCiphertext":true,"setsSecret":true,"publicKey":true,"setsHeaders":true,"headersCiphertext":true,"metadata":true,"publicId":true,"tenant":true,"version":true,"overlapMs":true,"secretCiphertext":true,"subject":true,"settings":true,"by":true},"params":[{"name":"url","required":false,"transform":{"type":"scalar"},"locs":[{"a":62,"b":65}]},{"name":"description","required":false,"transform":{"type":"scalar"},"locs":[{"a":101,"b":112}]},{"name":"eventTypes","required":false,"transform":{"type":"scalar"},"locs":[{"a":156,"b":166}]},{"name":"dlqPolicy","required":false,"transform":{"type":"scalar"},"locs":[{"a":217,"b":226}]},{"name":"setsRetrySchedule","required":true,"transform":{"type":"scalar"},"locs":[{"a":288,"b":306}]},{"name":"retryScheduleMs","required":false,"transform":{"type":"scalar"},"locs":[{"a":313,"b":328}]},{"name":"timeoutMs","required":false,"transform":{"type":"scalar"},"locs":[{"a":395,"b":404}]},{"name":"maxConcurrency","required":false,"transform":{"type":"scalar"},"locs":[{"a":451,"b":465}]},{"name":"maxRetryAfterSeconds","required":false,"transform":{"type":"scalar"},"locs":[{"a":525,"b":545}]},{"name":"setsRateLimit","required":true,"transform":{"type":"scalar"},"locs":[{"a":601,"b":615}]},{"name":"rateLimit","required":false,"transform":{"type":"scalar"},"locs":[{"a":622,"b":631}]},{"name":"setsAuth","required":true,"transform":{"type":"scalar"},"locs":[{"a":695,"b":704}]},{"name":"authCiphertext","required":false,"transform":{"type":"scalar"},"locs":[{"a":711,"b":725}]},{"name":"setsSecret","required":true,"transform":{"type":"scalar"},"locs":[{"a":787,"b":798},{"a":1345,"b":1356},{"a":1578,"b":1589}]},{"name":"publicKey","required":false,"transform":{"type":"scalar"},"locs":[{"a":805,"b":814}]},{"name":"setsHeaders","required":true,"transform":{"type":"scalar"},"locs":[{"a":872,"b":884}]},{"name":"headersCiphertext","required":false,"transform":{"type":"scalar"},"locs":[{"a":891,"b":908}]},{"name":"metadata","required":false,"transform":{"type":"scalar"},"locs":[{"a":970,"b":978}]},{"name":"publicId","required":true,"transform":{"type":"scalar"},"locs":[{"a":1048,"b":1057}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":1072,"b":1079}]},{"name":"version","required":false,"transform":{"type":"scalar"},"locs":[{"a":1109,"b":1116},{"a":1148,"b":1155}]},{"name":"overlapMs","required":true,"transform":{"type":"scalar"},"locs":[{"a":1274,"b":1284}]},{"name":"secretCiphertext","required":false,"transform":{"type":"scalar"},"locs":[{"a":1534,"b":1550}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":1786,"b":1794}]},{"name":"settings","required":true,"transform":{"type":"scalar"},"locs":[{"a":1828,"b":1837}]},{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":1880,"b":1883}]}],"statement":"with changed as (\n  update endpoints\n  set\n    url = coalesce(:url, url),\n    description = coalesce(:description, description),\n    event_types = coalesce(:eventTypes::text[], event_types),\n    dlq_policy = coalesce(:dlqPolicy::dlq_policy, dlq_policy),\n    retry_schedule_ms = case when :setsRetrySchedule! then :retryScheduleMs::integer[] else retry_schedule_ms end,\n    timeout_ms = coalesce(:timeoutMs, timeout_ms),\n    max_concurrency = coalesce(:maxConcurrency, max_concurrency),\n    max_retry_after_seconds = coalesce(:maxRetryAfterSeconds, max_retry_after_seconds),\n    rate_limit = case when :setsRateLimit! then :rateLimit::integer else rate_limit end,\n    auth_ciphertext = case when :setsAuth! then :authCiphertext::bytea else auth_ciphertext end,\n    public_key = case when :setsSecret! then :publicKey else public_key end,\n    headers_ciphertext = case when :setsHeaders! then :headersCiphertext::bytea else headers_ciphertext end,\n    metadata = coalesce(:metadata::text::jsonb, metadata),\n    updated_at = now()\n  where public_id = :publicId! and tenant = :tenant! and deleted_at is null and (:version::integer is null or version = :version)\n  returning id, tenant\n),\nshortened as (\n  update endpoint_secrets s\n  set expires_at = least(s.expires_at, now() + :overlapMs!::float8 * interval '1 millisecond')\n  from changed\n  where :setsSecret! and s.endpoint = changed.id and (s.expires_at is null or s.expires_at > now())\n),\nadded as (\n  insert into endpoint_secrets (endpoint, tenant, ciphertext)\n  select id, tenant, :secretCiphertext::bytea from changed where :setsSecret!\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)\n  select tenant, by.type, by.id, by.name, by.\"requestId\", 'endpoint.changed', :subject!, jsonb_build_object('settings', :settings!::text[])\n  from changed, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n),\nnudged as (\n  insert into dispatch_outbox (tenant, shard, topic, value)\n  select tenant, shard, 'control', convert_to(format('{\"kind\":\"endpoint_changed\",\"endpoint\":%s}', id), 'UTF8')\n  from changed, generate_series(0, (select shards from installation) - 1) as shard\n)\nselect true as \"changed\" from changed"};

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
 *     rate_limit = case when :setsRateLimit! then :rateLimit::integer else rate_limit end,
 *     auth_ciphertext = case when :setsAuth! then :authCiphertext::bytea else auth_ciphertext end,
 *     public_key = case when :setsSecret! then :publicKey else public_key end,
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


