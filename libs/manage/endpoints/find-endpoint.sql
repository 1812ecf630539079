/* One endpoint of a tenant, with the columns of find-endpoints.sql. */
/* @name findEndpoint */
select
  id, public_id as "publicId", url, description, event_types as "eventTypes", ordering, dlq_policy as "dlqPolicy",
  retry_schedule_ms as "retryScheduleMs", timeout_ms as "timeoutMs", max_concurrency as "maxConcurrency",
  max_retry_after_seconds as "maxRetryAfterSeconds", rate_limit as "rateLimit", filter,
  headers_ciphertext as "headersCiphertext", metadata, status, status_reason as "statusReason",
  created_at as "createdAt", updated_at as "updatedAt", catch_up_of(id) as "catchUp?",
  (select s.public_id from sources s where s.id = endpoints.destination_of) as "source?"
from endpoints
where public_id = :publicId! and tenant = :tenant! and deleted_at is null;
