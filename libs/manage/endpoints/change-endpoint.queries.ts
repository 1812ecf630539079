/** Types generated for queries found in "libs/manage/endpoints/change-endpoint.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type dlq_policy = 'continue' | 'halt';

export type numberArray = (number)[];

export type stringArray = (string)[];

/** 'ChangeEndpoint' parameters type */
export interface IChangeEndpointParams {
  by: string;
  description?: string | null | void;
  dlqPolicy?: dlq_policy | null | void;
  eventTypes?: stringArray | null | void;
  filter?: string | null | void;
  filterPasses?: number | null | void;
  headersCiphertext?: Buffer | null | void;
  maxConcurrency?: number | null | void;
  maxRetryAfterSeconds?: number | null | void;
  metadata?: string | null | void;
  publicId: string;
  rateLimit?: number | null | void;
  retryScheduleMs?: numberArray | null | void;
  setsFilter: boolean;
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

const changeEndpointIR: any = {"usedParamSet":{"url":true,"description":true,"eventTypes":true,"dlqPolicy":true,"setsRetrySchedule":true,"retryScheduleMs":true,"timeoutMs":true,"maxConcurrency":true,"maxRetryAfterSeconds":true,"setsRateLimit":true,"rateLimit":true,"setsFilter":true,"filter":true,"filterPasses":true,"setsHeaders":true,"headersCiphertext":true,"metadata":true,"publicId":true,"tenant":true,"subject":true,"settings":true,"by":true},"params":[{"name":"url","required":false,"transform":{"type":"scalar"},"locs":[{"a":62,"b":65}]},{"name":"description","required":false,"transform":{"type":"scalar"},"locs":[{"a":101,"b":112}]},{"name":"eventTypes","required":false,"transform":{"type":"scalar"},"locs":[{"a":156,"b":166}]},{"name":"dlqPolicy","required":false,"transform":{"type":"scalar"},"locs":[{"a":217,"b":226}]},{"name":"setsRetrySchedule","required":true,"transform":{"type":"scalar"},"locs":[{"a":288,"b":306}]},{"name":"retryScheduleMs","required":false,"transform":{"type":"scalar"},"locs":[{"a":313,"b":328}]},{"name":"timeoutMs","required":false,"transform":{"type":"scalar"},"locs":[{"a":395,"b":404}]},{"name":"maxConcurrency","required":false,"transform":{"type":"scalar"},"locs":[{"a":451,"b":465}]},{"name":"maxRetryAfterSeconds","required":false,"transform":{"type":"scalar"},"locs":[{"a":525,"b":545}]},{"name":"setsRateLimit","required":true,"transform":{"type":"scalar"},"locs":[{"a":601,"b":615}]},{"name":"rateLimit","required":false,"transform":{"type":"scalar"},"locs":[{"a":622,"b":631}]},{"name":"setsFilter","required":true,"transform":{"type":"scalar"},"locs":[{"a":686,"b":697},{"a":765,"b":776}]},{"name":"filter","required":false,"transform":{"type":"scalar"},"locs":[{"a":704,"b":710}]},{"name":"filterPasses","required":false,"transform":{"type":"scalar"},"locs":[{"a":783,"b":795}]},{"name":"setsHeaders","required":true,"transform":{"type":"scalar"},"locs":[{"a":865,"b":877}]},{"name":"headersCiphertext","required":false,"transform":{"type":"scalar"},"locs":[{"a":884,"b":901}]},{"name":"metadata","required":false,"transform":{"type":"scalar"},"locs":[{"a":963,"b":971}]},{"name":"publicId","required":true,"transform":{"type":"scalar"},"locs":[{"a":1041,"b":1050}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":1065,"b":1072}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":1315,"b":1323}]},{"name":"settings","required":true,"transform":{"type":"scalar"},"locs":[{"a":1357,"b":1366}]},{"name":"by","required":true,"transform":{"type":"scalar"},"locs":[{"a":1409,"b":1412}]}],"statement":"with changed as (\n  update endpoints\n  set\n    url = coalesce(:url, url),\n    description = coalesce(:description, description),\n    event_types = coalesce(:eventTypes::text[], event_types),\n    dlq_policy = coalesce(:dlqPolicy::dlq_policy, dlq_policy),\n    retry_schedule_ms = case when :setsRetrySchedule! then :retryScheduleMs::integer[] else retry_schedule_ms end,\n    timeout_ms = coalesce(:timeoutMs, timeout_ms),\n    max_concurrency = coalesce(:maxConcurrency, max_concurrency),\n    max_retry_after_seconds = coalesce(:maxRetryAfterSeconds, max_retry_after_seconds),\n    rate_limit = case when :setsRateLimit! then :rateLimit::integer else rate_limit end,\n    filter = case when :setsFilter! then :filter::text else filter end,\n    filter_passes = case when :setsFilter! then :filterPasses::integer else filter_passes end,\n    headers_ciphertext = case when :setsHeaders! then :headersCiphertext::bytea else headers_ciphertext end,\n    metadata = coalesce(:metadata::text::jsonb, metadata),\n    updated_at = now()\n  where public_id = :publicId! and tenant = :tenant! and deleted_at is null\n  returning id, tenant\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)\n  select tenant, by.type, by.id, by.name, by.\"requestId\", 'endpoint.changed', :subject!, jsonb_build_object('settings', :settings!::text[])\n  from changed, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, \"requestId\" text)\n)\ninsert into dispatch_outbox (tenant, shard, topic, value)\nselect tenant, shard, 'control', convert_to(format('{\"kind\":\"endpoint_changed\",\"endpoint\":%s}', id), 'UTF8')\nfrom changed, generate_series(0, (select shards from installation) - 1) as shard"};

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
 *     filter = case when :setsFilter! then :filter::text else filter end,
 *     filter_passes = case when :setsFilter! then :filterPasses::integer else filter_passes end,
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


