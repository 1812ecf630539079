/*
  Lists a tenant's endpoints below :before (a narrow key), newest first. At most :limit, and as many as have :bytes of
  settings together, but at least one. "followed" says whether there are more.

  The metadata is measured as text: jsonb has numbers in full, so that 1e308 becomes 309 characters.
*/
/* @name findEndpoints */
select
  id, public_id as "publicId", url, description, event_types as "eventTypes", ordering, dlq_policy as "dlqPolicy",
  retry_schedule_ms as "retryScheduleMs", timeout_ms as "timeoutMs", max_concurrency as "maxConcurrency",
  max_retry_after_seconds as "maxRetryAfterSeconds", rate_limit_per_second as "perSecond", rate_limit_burst as "burst",
  disable_after_ms as "disableAfterMs",
  k.state as "breakerState?", k.since as "breakerSince?", k.probe_at as "breakerProbeAt?", k.failure_rate as "breakerFailureRate?",
  public_key as "publicKey", auth_ciphertext as "authCiphertext", version, filter,
  headers_ciphertext as "headersCiphertext", metadata, status, status_reason as "statusReason",
  created_at as "createdAt", updated_at as "updatedAt", catch_up_of(id) as "catchUp?",
  (select s.public_id from sources s where s.id = b.destination_of) as "source?", followed as "followed!"
from (
    select
      e.*, row_number() over newest_first as place, lead(true, 1, false) over newest_first as followed,
      sum(
        octet_length(e.url) + octet_length(e.description) + octet_length(e.event_types::text)
          + octet_length(e.metadata::text) + coalesce(octet_length(e.filter), 0) + coalesce(octet_length(e.headers_ciphertext), 0)
          + coalesce(octet_length(e.auth_ciphertext), 0)
      ) over newest_first as bytes
    from (
        select *
        from endpoints
        where tenant = :tenant! and deleted_at is null and id < :before!
        order by id desc
        limit :limit!
      ) e
    window newest_first as (order by e.id desc)
  ) b
  left join lateral (
    select state, since, probe_at, breaker_failure_rate(c) as failure_rate from endpoint_breakers c where c.endpoint = b.id
  ) k on true
where place = 1 or bytes <= :bytes!::integer
order by id desc;
