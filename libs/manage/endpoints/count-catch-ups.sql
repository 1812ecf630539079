/* How many endpoints of a tenant are still catching up. */
/* @name countCatchUps */
select count(*)::integer as "running!" from catch_ups where tenant = :tenant! and finished_at is null;
