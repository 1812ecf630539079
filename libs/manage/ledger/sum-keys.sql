/*
  A day's idempotency keys, by the time in the ids of the events that they name: how many, and the fingerprint of these
  events, as in sum-events.sql. Where it is that of the day's events, and there are as many, each event has one key and no
  key names anything else. `from`: the first id of the day (UTC); null: ids without a time.
*/
/* @name sumKeys */
select
  uuid_floor(date_bin('1 day', uuid_extract_timestamp(event_id), 'epoch')) as "from?",
  count(*) as "keys!",
  bit_xor(uuid_hash_extended(event_id, 0))::text as "fingerprint!"
from idempotency_keys
group by date_bin('1 day', uuid_extract_timestamp(event_id), 'epoch');
