/* The body of a completed request, while it is still that claim's. */
/* @name readResponse */
select body as "body!"
from idempotent_requests
where scope = :scope! and key = :key! and fence = :fence! and state = 'completed' and body is not null;
