/* The ordinals of the attempts that were committed under these epochs: their acknowledgement was lost. */
/* @name findOutcomes */
select o.ordinal::integer as "ordinal!"
from
  unnest(:eventIds!::uuid[], :endpoints!::integer[], :replays!::integer[], :numbers!::integer[], :epochs!::bigint[])
    with ordinality as o (event_id, endpoint, replay, number, epoch, ordinal)
  join attempts a on a.event_id = o.event_id and a.endpoint = o.endpoint and a.replay = o.replay
    and a.number = o.number and a.epoch = o.epoch;
