/* The ctids of up to :limit expired requests; by the BRIN index, as find-expired-keys.sql in libs/upkeep. */
/* @name findExpiredRequests */
select ctid::text as "place!"
from idempotent_requests
where expires_at <= now()
limit :limit!;
