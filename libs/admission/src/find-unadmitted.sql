/*
  The lowest events of a shard above :after that have no inbox row and were accepted before :before, in the order of
  acceptance: what is to be admitted straight from Postgres when the log has lost them, or may have.

  "settled": every number below is decided (see read-sweep.sql), so the next page may go on behind this event. Behind
  one that is not settled an event with a lower number may still become visible: the next page looks there again, or a
  later event of the same entity would be admitted before it.
*/
/* @name findUnadmitted */
select e.id, e.accept_seq as "acceptSeq", e.accepted_at < now() - :settledMs!::float8 * interval '1 millisecond' as "settled!"
from events e
where
  e.shard = :shard!
  and e.accept_seq > :after!
  and e.accepted_at < :before!::timestamptz
  and not exists (select from inbox i where i.event_id = e.id offset 0)
order by e.accept_seq
limit :limit!;
