/* The ctids of up to :limit expired positions: those of lanes without a delivery for their retention. */
/* @name findExpiredPositions */
select ctid::text as "place!"
from webhook_positions
where expires_at <= now()
limit :limit!;
