/* Creates an endpoint with its first signing secret, and nudges every shard's owner. */
/* @name createEndpoint */
with created as (
  insert into endpoints (
    public_id, tenant, url, description, event_types, ordering, dlq_policy, retry_schedule_ms, timeout_ms,
    max_concurrency, max_retry_after_seconds, rate_limit, headers_ciphertext, metadata
  )
  values (
    :publicId!, :tenant!, :url!, :description!, :eventTypes!::text[], :ordering!::endpoint_ordering,
    :dlqPolicy!::dlq_policy, :retryScheduleMs::integer[], :timeoutMs!, :maxConcurrency!, :maxRetryAfterSeconds!,
    :rateLimit::integer, :headersCiphertext::bytea, :metadata!::text::jsonb
  )
  returning id, tenant
),
secret as (
  insert into endpoint_secrets (endpoint, tenant, ciphertext)
  select id, tenant, :secretCiphertext!::bytea from created
)
insert into dispatch_outbox (tenant, shard, topic, value)
select tenant, shard, 'control', convert_to(format('{"kind":"endpoint_changed","endpoint":%s}', id), 'UTF8')
from created, generate_series(0, (select shards from installation) - 1) as shard;
