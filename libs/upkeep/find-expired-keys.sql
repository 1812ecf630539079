/*
  Where expired idempotency keys are, up to :limit of them. Only places: who deletes there looks again. Reads by the
  BRIN index (its session has sequential scans off), which names ranges of pages; so many are asked for at once, because
  each look passes over what the last ones have emptied.
*/
/* @name findExpiredKeys */
select ctid::text as "place!"
from idempotency_keys
where expires_at <= now()
limit :limit!;
