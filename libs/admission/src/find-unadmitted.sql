/*
  Events of a shard without an inbox row, in the order of acceptance, from :after on: what Kafka has lost, or has not
  got yet. Reads the whole history of the shard, index only where it was admitted; used when the log has a gap.
*/
/* @name findUnadmitted */
select e.id, e.accept_seq as "acceptSeq"
from events e
where
  e.shard = :shard!
  and e.accept_seq > :after!
  and not exists (select from inbox i where i.event_id = e.id)
order by e.accept_seq
limit :limit!;
