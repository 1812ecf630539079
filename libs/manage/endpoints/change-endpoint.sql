/*
  Changes settings of an endpoint. Null leaves a setting as it is; a nullable setting has a flag instead. Audits the names of
  the settings, and nudges every shard's owner. With :version, only if the endpoint still has it. With :setsSecret, it gets
  another signing secret, and those before sign for :overlapMs more. Returns a row if the endpoint was changed.
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
    rate_limit_per_second = case when :setsRateLimit! then :perSecond::float8 else rate_limit_per_second end,
    rate_limit_burst = case when :setsRateLimit! then :burst::integer else rate_limit_burst end,
    disable_after_ms = case when :setsDisableAfter! then :disableAfterMs::bigint else disable_after_ms end,
    auth_ciphertext = case when :setsAuth! then :authCiphertext::bytea else auth_ciphertext end,
    public_key = case when :setsSecret! then :publicKey else public_key end,
    filter = case when :setsFilter! then :filter::text else filter end,
    filter_passes = case when :setsFilter! then :filterPasses::integer else filter_passes end,
    headers_ciphertext = case when :setsHeaders! then :headersCiphertext::bytea else headers_ciphertext end,
    metadata = coalesce(:metadata::text::jsonb, metadata),
    updated_at = now()
  where public_id = :publicId! and tenant = :tenant! and deleted_at is null and (:version::integer is null or version = :version)
  returning id, tenant
),
shortened as (
  update endpoint_secrets s
  set expires_at = least(s.expires_at, now() + :overlapMs!::float8 * interval '1 millisecond')
  from changed
  where :setsSecret! and s.endpoint = changed.id and (s.expires_at is null or s.expires_at > now())
),
added as (
  insert into endpoint_secrets (endpoint, tenant, ciphertext)
  select id, tenant, :secretCiphertext::bytea from changed where :setsSecret!
),
audited as (
  insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail)
  select tenant, by.type, by.id, by.name, by."requestId", 'endpoint.changed', :subject!, jsonb_build_object('settings', :settings!::text[])
  from changed, jsonb_to_record(:by!::text::jsonb) as by (type text, id text, name text, "requestId" text)
),
nudged as (
  insert into dispatch_outbox (tenant, shard, topic, value)
  select tenant, shard, 'control', convert_to(format('{"kind":"endpoint_changed","endpoint":%s}', id), 'UTF8')
  from changed, generate_series(0, (select shards from installation) - 1) as shard
)
select true as "changed" from changed;
