/** Types generated for queries found in "libs/manage/endpoints/change-endpoint.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type dlq_policy = 'continue' | 'halt';

export type NumberOrString = number | string;

export type numberArray = (number)[];

export type stringArray = (string)[];

/** 'ChangeEndpoint' parameters type */
export interface IChangeEndpointParams {
  burst?: number | null | void;
  by: string;
  description?: string | null | void;
  disableAfterMs?: NumberOrString | null | void;
  dlqPolicy?: dlq_policy | null | void;
  eventTypes?: stringArray | null | void;
  headersCiphertext?: Buffer | null | void;
  maxConcurrency?: number | null | void;
  maxRetryAfterSeconds?: number | null | void;
  metadata?: string | null | void;
  perSecond?: number | null | void;
  publicId: string;
  retryScheduleMs?: numberArray | null | void;
  setsDisableAfter: boolean;
  setsHeaders: boolean;
  setsRateLimit: boolean;
  setsRetrySchedule: boolean;
  settings: stringArray;
  subject: string;
  tenant: string;
  timeoutMs?: number | null | void;
  url?: string | null | void;
}

/** 'ChangeEndpoint' return type */
export type IChangeEndpointResult = void;

/** 'ChangeEndpoint' query type */
export interface IChangeEndpointQuery {
  params: IChangeEndpointParams;
  result: IChangeEndpointResult;
}

const changeEndpointIR: any = {"usedParamSet":{"url":true,"description":true,"eventTypes":true,"dlqPolicy":true,"setsRetrySchedule":true,"retryScheduleMs":true,"timeoutMs":true,"maxConcurrency":true,"maxRetryAfterSeconds":true,"setsRateLimit":true,"perSecond":true,"burst":true,"setsDisableAfter":true,"disableAfterMs":true,"setsHeaders":true,"headersCiphertext":true,"metadata":true,"publicId":true,"tenant":true,"subject":true,"settings":true,"by":true},"params":[{"name":"url","required":false,"transform":{"type":"scalar"},"locs":[{"a":62,"b":65}]},{"name":"description","required":false,"transform":{"type":"scalar"},"locs":[{"a":101,"b":112}]},{"name":"eventTypes","required":false,"transform":{"type":"scalar"},"locs":[{"a":156,"b":166}]},{"name":"dlqPolicy","required":false,"transform":{"type":"scalar"},"locs":[{"a":217,"b":226}]},{"name":"setsRetrySchedule","required":true,"transform":{"type":"scalar"},"locs":[{"a":288,"b":306}]},{"name":"retryScheduleMs","required":false,"transform":{"type":"scalar"},"locs":[{"a":313,"b":328}]},{"name":"timeoutMs","required":false,"transform":{"type":"scalar"},"locs":[{"a":395,"b":404}]},{"name":"maxConcurrency","required":false,"transform":{"type":"scalar"},"locs":[{"a":451,"b":465}]},{"name":"maxRetryAfterSeconds","required":false,"transform":{"type":"scalar"},"locs":[{"a":525,"b":545}]},{"name":"setsRateLimit","required":true,"transform":{"type":"scalar"},"locs":[{"a":612,"b":626},{"a":717,"b":731}]},{"name":"perSecond","required":false,"transform":{"type":"scalar"},"locs":[{"a":633,"b":642}]},{"name":"burst","required":false,"transform":{"type":"scalar"},"locs":[{"a":738,"b":743}]},{"name":"setsDisableAfter","required":true,"transform":{"type":"scalar"},"locs":[{"a":814,"b":831}]},{"name":"disableAfterMs","required":false,"transform":{"type":"scalar"},"locs":[{"a":838,"b":852}]},{"name":"setsHeaders","required":true,"transform":{"type":"scalar"},"locs":[{"a":924,"b":936}]},{"name":"headersCiphertext","required":false,"transform":{"type":"scalar"},"locs":[{"a":943,"b":960}]},{"name":"metadata","required":false,"transform":{"type":"scalar"},"locs":[{"a":1022,"b":1030}]},{"name":"publicId","required":true,"transform":{"type":"scalar"},"locs":[{"a":1100,"b":1109}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":1124,"b":1131}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":1374,"b":1382}]},{"name":"settings","required":true,"transform":{"type":"scalar"},"locs":[{"a":1416,"b":1425}]},{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":1468,"b":1471}]}],"statement":"with changed as (\n  update endpoints\n  set\n    url = coalesce(:url, url),\n    description = coalesce(:description, description),\n    event_types = coalesce(:eventTypes::text[], event_types),\n    dlq_policy = coalesce(:dlqPolicy::dlq_policy, dlq_policy),\n    retry_schedule_ms = case when :setsRetrySchedule! then :retryScheduleMs::integer[] else retry_schedule_ms end,\n    timeout_ms = coalesce(:timeoutMs, timeout_ms),\n    max_concurrency = coalesce(:maxConcurrency, max_concurrency),\n    max_retry_after_seconds = coalesce(:maxRetryAfterSeconds, max_retry_after_seconds),\n    rate_limit_per_second = case when :setsRateLimit! then :perSecond::float8 else rate_limit_per_second end,\n    rate_limit_burst = case when :setsRateLimit! then :burst::integer else rate_limit_burst end,\n    disable_after_ms = case when :setsDisableAfter! then :disableAfterMs::bigint else disable_after_ms end,\n    headers_ciphertext = case when :setsHeaders! then :headersCiphertext::bytea else headers_ciphertext end,\n    metadata = coalesce(:metadata::text::jsonb, metadata),\n    updated_at = now()\n  where public_id = :publicId! and tenant = :tenant! and deleted_at is null\n  returning id, tenant\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)\n  select tenant, by.type, by.id, by.name, by.\"requestId\", 'endpoint.changed', :subject!, jsonb_build_object('settings', :settings!::text[])\n  from changed, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n)\ninsert into dispatch_outbox (tenant, shard, topic, value)\nselect tenant, shard, 'control', convert_to(format('{\"kind\":\"endpoint_changed\",\"endpoint\":%s}', id), 'UTF8')\nfrom changed, generate_series(0, (select shards from installation) - 1) as shard"};

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
 *     headers_ciphertext = case when :setsHeaders! then :headersCiphertext::bytea else headers_ciphertext end,
 *     metadata = coalesce(:metadata::text::jsonb, metadata),
 *     updated_at = now()
 *   where public_id = :publicId! and tenant = :tenant! and deleted_at is null
 *   returning id, tenant
 * ),
 * audited as (
 *   insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
 *   select tenant, by.type, by.id, by.name, by."requestId", 'endpoint.changed', :subject!, jsonb_build_object('settings', :settings!::text[])
 *   from changed, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
 * )
 * insert into dispatch_outbox (tenant, shard, topic, value)
 * select tenant, shard, 'control', convert_to(format('{"kind":"endpoint_changed","endpoint":%s}', id), 'UTF8')
 * from changed, generate_series(0, (select shards from installation) - 1) as shard
 * ```
 */
export const changeEndpoint = new PreparedQuery<IChangeEndpointParams,IChangeEndpointResult>(changeEndpointIR);


