/*
  A day's admitted events by tenant, or, when there is only one (not :apart), all together, which takes half the time:
  the fingerprint as in sum-events.sql, and one of what was promised: each event's hash as often as it has routes. The
  hash has 48 bits there, so that times the routes it stays a bigint.
*/
/* @name sumInbox */
select
  case when :apart!::boolean then tenant end as "tenant?",
  count(*) as "admitted!",
  bit_xor(uuid_hash_extended(event_id, 0)) filter (where :settledBefore::uuid is null or event_id < :settledBefore)::text as fingerprint,
  sum(routes * (uuid_hash_extended(event_id, 0) >> 16))::text as "promised!"
from kept_inbox
group by case when :apart!::boolean then tenant end;
