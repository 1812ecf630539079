/* One endpoint of a tenant, with the columns of find-endpoints.sql. */
/* @name findEndpoint */
select
  id, public_id as "publicId", url, description, event_types as "eventTypes", ordering, dlq_policy as "dlqPolicy",
  retry_schedule_ms as "retryScheduleMs", timeout_ms as "timeoutMs", max_concurrency as "maxConcurrency",
  max_retry_after_seconds as "maxRetryAfterSeconds", rate_limit_per_second as "perSecond", rate_limit_burst as "burst",
  disable_after_ms as "disableAfterMs",
  k.state as "breakerState?", k.since as "breakerSince?", k.probe_at as "breakerProbeAt?", k.failure_rate as "breakerFailureRate?",
  public_key as "publicKey", auth_ciphertext as "authCiphertext", version, filter,
  headers_ciphertext as "headersCiphertext", metadata, status, status_reason as "statusReason",
  created_at as "createdAt", updated_at as "updatedAt", catch_up_of(id) as "catchUp?",
  (select s.public_id from sources s where s.id = endpoints.destination_of) as "source?"
from endpoints
  left join lateral (
    select state, since, probe_at, breaker_failure_rate(c) as failure_rate from endpoint_breakers c where c.endpoint = endpoints.id
  ) k on true
where public_id = :publicId! and tenant = :tenant! and deleted_at is null;
