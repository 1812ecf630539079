/* Lists a tenant's endpoints below :before (a narrow key), newest first; with :publicId only that one. */
/* @name findEndpoints */
select
  id, public_id as "publicId", url, description, event_types as "eventTypes", ordering, dlq_policy as "dlqPolicy",
  retry_schedule_ms as "retryScheduleMs", timeout_ms as "timeoutMs", max_concurrency as "maxConcurrency",
  max_retry_after_seconds as "maxRetryAfterSeconds", rate_limit as "rateLimit",
  headers_ciphertext as "headersCiphertext", metadata, status, status_reason as "statusReason",
  created_at as "createdAt", updated_at as "updatedAt"
from endpoints
where
  tenant = :tenant! and deleted_at is null and id < :before!
  and (:publicId::uuid is null or public_id = :publicId::uuid)
order by id desc
limit :limit!;
