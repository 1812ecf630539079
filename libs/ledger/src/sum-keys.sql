/*
  How many idempotency keys there are, and the fingerprint of the events that they name, as in sum-events.sql. Where it is
  that of all events, and there are as many, each event has one key and no key names anything else.
*/
/* @name sumKeys */
select count(*) as "keys!", bit_xor(uuid_hash_extended(event_id, 0))::text as fingerprint
from idempotency_keys;
/* @name readOldestKey */
select event_id as "oldest!" from idempotency_keys order by event_id limit 1;
