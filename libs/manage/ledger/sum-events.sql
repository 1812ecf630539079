/*
  A day's events: how many, and a fingerprint of the set of those below :settledBefore, or of all when that is null:
  with nothing to compare it takes three quarters of the time; `unsettled` is that of the others. A set's fingerprint is
  the XOR of its members' 64-bit hashes: two sets without repeats that have the same one are the same set.
  Reads ids alone, which the primary key's index holds.
*/
/* @name sumEvents */
select
  count(*) as "events!",
  bit_xor(uuid_hash_extended(id, 0)) filter (where :settledBefore::uuid is null or id < :settledBefore)::text as fingerprint,
  bit_xor(uuid_hash_extended(id, 0)) filter (where id >= :settledBefore)::text as unsettled
from kept_events;
