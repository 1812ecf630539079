/* The body of a completed request; no row when a later claim has taken the key. */
/* @name readResponse */
select body as "body!"
from idempotent_requests
where scope = :scope! and key = :key! and fence = :fence! and state = 'completed' and body is not null;
