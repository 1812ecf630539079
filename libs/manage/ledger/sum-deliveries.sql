/*
  A day's deliveries by endpoint and status, counted and as fingerprints to compare with what other tables say:
    routed      against inbox: the sum of the events' hashes, without replays and what catch-ups have routed, which are in
                no event's routes; "caughtUp" counts the latter, against catch_up_shards;
    sequences   against lanes. For the sequences 1 … n of a lane we want a fingerprint that can be told from n alone.
                So sequence s stands for hash(s) XOR hash(s - 1), the lane's id being the hash's seed: over 1 … n all but
                hash(0) and hash(n) cancel out, over what is pending, closed + 1 … n, all but hash(closed) and hash(n).
                A XOR says which sequences occur an odd number of times; are these 1 … n, and are there n in all, then
                none occurs more than once;
    attempts    against attempts, in the same way: an attempt stands for hash(number) XOR hash(number - 1), and a
                delivery with n attempts for hash(n); hash(0) is 0 here. The hash is the event's, seeded with the rest.
                Over what is delivered, hash(n) alone must be that of the attempts with a 2xx. What is delivered or dead
                has an attempt, or counts as having an unrecorded one.
*/
/* @name sumDeliveries */
select
  endpoint as "endpoint!",
  status as "status!",
  count(*) as "deliveries!",
  count(*) filter (where replay <> 0) as "replays!",
  coalesce(sum(uuid_hash_extended(event_id, 0) >> 16) filter (where replay = 0 and caught_up is null), 0)::text as "routed!",
  count(caught_up) as "caughtUp!",
  count(lane) as "inLanes!",
  coalesce(bit_xor(hashint8extended(sequence, lane) # hashint8extended(sequence - 1, lane)), 0)::text as "sequences!",
  coalesce(
    bit_xor(uuid_hash_extended(event_id, endpoint + replay * 2147483648 + attempts * 1099511627776))
      filter (where attempts > 0 or status in ('delivered', 'dead')),
    0
  )::text as "attempts!"
from kept_deliveries
group by endpoint, status;
