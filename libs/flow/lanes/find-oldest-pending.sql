/*
  The oldest event that is pending on these shards; ids begin with the time of minting. Materialized, or the planner
  may walk the primary key from its oldest end on, past all that is delivered.
*/
/* @name findOldestPending */
with pending as materialized (
  select event_id
  from deliveries
  where shard = any(:shards!::integer[]) and status = 'pending'
)
select event_id as "eventId"
from pending
order by event_id
limit 1;
