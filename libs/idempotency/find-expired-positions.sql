/* Where webhook lanes' positions are that nothing was delivered to for their retention, up to :limit of them. */
/* @name findExpiredPositions */
select ctid::text as "place!"
from webhook_positions
where expires_at <= now()
limit :limit!;
