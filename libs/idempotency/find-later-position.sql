/* Returns a row when a webhook lane is beyond this sequence. An expired position counts as none. */
/* @name findLaterPosition */
select sequence
from webhook_positions
where scope = :scope! and lane = :lane! and sequence > :sequence! and expires_at > now();
