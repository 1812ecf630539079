/* What each endpoint's lanes say that its deliveries are: see sum-deliveries.sql. */
/* @name sumLanes */
select
  endpoint,
  sum(tail_sequence)::bigint as "tails!",
  bit_xor(hashint8extended(tail_sequence, id) # hashint8extended(0, id))::text as "sequences!",
  sum(tail_sequence - closed_sequence)::bigint as "waitingInLanes!",
  bit_xor(hashint8extended(tail_sequence, id) # hashint8extended(closed_sequence, id))::text as "waiting!",
  bool_or(replays <> 0) as "replaying!",
  count(halted_sequence) as "halted!"
from lanes
group by endpoint;
