/*
  The next :limit events of a shard that the sweep hasn't passed, as far as they are settled, in the order of acceptance:
  which of them are "missing" (neither admitted nor on their way in the outbox), and how far the sweep comes. What is
  missing is in Kafka, or lost: who asks Kafka after this statement where the log ends, and has read so far, knows it.

  Settled means accepted :boundMs ago, and before any transaction that is still open began. Then every lower number is
  decided too, though numbers become visible out of order. For such an event drew its number within the gateway's
  transaction timeout after `accepted_at`, which is its transaction's start; a transaction that drew a lower number had begun before
  that; and a transaction that began then has ended by its own timeout, or stands in pg_stat_activity (a commit that waits
  for a standby has no timeout). Of other roles' sessions only the timeout is known: so :boundMs must be at least twice
  the gateway's.

  Nor can order break: events leave the outbox in order, so of one entity's events a later one is never missing while an
  earlier one is still in the outbox; the sweep ends before the first that is.
*/
/* @name readSweep */
with bounds as (
  select
    c.swept_seq,
    least(
      now(),
      (select min(xact_start) from pg_stat_activity where datname = current_database() and backend_xid is not null)
    ) - :boundMs!::float8 * interval '1 millisecond' as settled_at
  from shard_cursors c
  where c.shard = :shard!
),
unswept as materialized (
  select e.id, e.accept_seq, e.accepted_at < b.settled_at as settled
  from bounds b
    cross join lateral (
      select id, accept_seq, accepted_at
      from events
      where events.shard = :shard! and events.accept_seq > b.swept_seq
      order by accept_seq
      limit :limit!
    ) e
),
unadmitted as materialized (
  select u.id, u.accept_seq, exists (select from outbox o where o.shard = :shard! and o.accept_seq = u.accept_seq) as queued
  from unswept u
  where u.settled and not exists (select from inbox i where i.event_id = u.id offset 0)
),
reached as (
  -- Before the first that is not settled, or is on its way.
  select max(u.accept_seq) as seq, count(*) as events
  from unswept u
  where u.accept_seq < coalesce(
    (
      select min(accept_seq)
      from (
        select accept_seq from unswept where not settled
        union all
        select accept_seq from unadmitted where queued
      ) as barriers
    ),
    9223372036854775807
  )
)
select
  r.seq as "sweptSeq",
  r.events = :limit! as "more!",
  array(select id from unadmitted where accept_seq <= r.seq order by accept_seq) as "missing!"
from reached r;
