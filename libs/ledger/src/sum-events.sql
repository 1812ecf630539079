/*
  All events: how many, and a fingerprint of the set of those below :settledBefore. A set's fingerprint is the XOR of
  its members' 64-bit hashes: two sets without repeats that have the same one are the same set.
  Reads ids alone, which the primary key's indexes hold.
*/
/* @name sumEvents */
select
  count(*) as "events!",
  bit_xor(uuid_hash_extended(id, 0)) filter (where id < :settledBefore!::uuid)::text as fingerprint
from kept_events;
