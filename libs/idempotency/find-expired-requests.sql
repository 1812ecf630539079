/* Where expired requests are, up to :limit of them; by the BRIN index, as find-expired-keys.sql of retention has it. */
/* @name findExpiredRequests */
select ctid::text as "place!"
from idempotent_requests
where expires_at <= now()
limit :limit!;
