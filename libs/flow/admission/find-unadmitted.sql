/*
  The next :limit events of a shard above :after in the order of acceptance, and which of them are "missing": accepted
  before :before, and without an inbox row. What the log has lost, or may have, is to be admitted straight from Postgres.
  :limit counts what is looked at, so that each look takes a moment, however much history is admitted already.
*/
/* @name findUnadmitted */
with looked as materialized (
  select id, accept_seq, accepted_at
  from events
  where shard = :shard! and accept_seq > :after!
  order by accept_seq
  limit :limit!
)
select
  l.id,
  l.accept_seq as "acceptSeq",
  l.accepted_at < :before!::timestamptz and not exists (select from inbox i where i.event_id = l.id offset 0) as "missing!"
from looked l
order by l.accept_seq;
