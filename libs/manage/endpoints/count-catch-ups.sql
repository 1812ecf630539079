/* How many endpoints of a tenant are still catching up. That of a deleted endpoint ends at its next step. */
/* @name countCatchUps */
select count(*)::integer as "running!"
from catch_ups c
  join endpoints p on p.id = c.endpoint
where c.tenant = :tenant! and c.finished_at is null and p.deleted_at is null;
