/* Returns a row when a webhook lane has passed this sequence. An expired position does not count. */
/* @name findLaterPosition */
select sequence
from webhook_positions
where scope = :scope! and lane = :lane! and sequence > :sequence! and expires_at > now();
