/*
  Changes settings of an endpoint. Null leaves a setting as it is; a nullable setting has a flag instead. Audits the names of
  the settings, and nudges every shard's owner.
*/
/* @name changeEndpoint */
with changed as (
  update endpoints
  set
    url = coalesce(:url, url),
    description = coalesce(:description, description),
    event_types = coalesce(:eventTypes::text[], event_types),
    dlq_policy = coalesce(:dlqPolicy::dlq_policy, dlq_policy),
    retry_schedule_ms = case when :setsRetrySchedule! then :retryScheduleMs::integer[] else retry_schedule_ms end,
    timeout_ms = coalesce(:timeoutMs, timeout_ms),
    max_concurrency = coalesce(:maxConcurrency, max_concurrency),
    max_retry_after_seconds = coalesce(:maxRetryAfterSeconds, max_retry_after_seconds),
    rate_limit = case when :setsRateLimit! then :rateLimit::integer else rate_limit end,
    filter = case when :setsFilter! then :filter::text else filter end,
    filter_passes = case when :setsFilter! then :filterPasses::integer else filter_passes end,
    headers_ciphertext = case when :setsHeaders! then :headersCiphertext::bytea else headers_ciphertext end,
    metadata = coalesce(:metadata::text::jsonb, metadata),
    updated_at = now()
  where public_id = :publicId! and tenant = :tenant! and deleted_at is null
  returning id, tenant
),
audited as (
  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
  select tenant, by.type, by.id, by.name, by."requestId", 'endpoint.changed', :subject!, jsonb_build_object('settings', :settings!::text[])
  from changed, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
)
insert into dispatch_outbox (tenant, shard, topic, value)
select tenant, shard, 'control', convert_to(format('{"kind":"endpoint_changed","endpoint":%s}', id), 'UTF8')
from changed, generate_series(0, (select shards from installation) - 1) as shard;
