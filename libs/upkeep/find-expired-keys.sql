/*
  Finds the places of up to :limit expired idempotency keys; the deletion checks them again. Reads by the BRIN index (the
  session disables sequential scans), which has ranges of pages. The limit is high, because each search passes over the
  rows that were deleted since the last VACUUM.
*/
/* @name findExpiredKeys */
select ctid::text as "place!"
from idempotency_keys
where expires_at <= now()
limit :limit!;
