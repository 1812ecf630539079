/*
  What each endpoint's lanes say that its deliveries are: see sum-deliveries.sql. What is retired of them is taken off:
  `tails` and `sequences` are those of the deliveries that are there. Endpoint 0: retired deliveries of lanes that are not
  there.
*/
/* @name sumLanes */
select
  coalesce(l.endpoint, 0) as "endpoint!",
  (coalesce(sum(l.tail_sequence), 0) - coalesce(sum(r.deliveries), 0))::bigint as "tails!",
  (
    coalesce(bit_xor(hashint8extended(l.tail_sequence, l.id) # hashint8extended(0, l.id)), 0)
      # coalesce(bit_xor(r.fingerprint), 0)
  )::text as "sequences!",
  coalesce(sum(l.tail_sequence - l.closed_sequence), 0)::bigint as "waitingInLanes!",
  coalesce(
    bit_xor(hashint8extended(l.tail_sequence, l.id) # hashint8extended(l.closed_sequence, l.id)), 0
  )::text as "waiting!",
  coalesce(bool_or(l.replays <> 0), false) as "replaying!",
  count(l.halted_sequence) as "halted!"
from lanes l
  full join retired_lanes r on r.lane = l.id
group by coalesce(l.endpoint, 0);
