/*
  Counts the events in the outbox, of each shard at most :mostCounted, and returns the age of the oldest in seconds. By shard,
  as the index is: the table stays as large as the longest outage made it, and is never read from end to end.
*/
/* @name outboxDepth */
select
  coalesce(sum(o.counted), 0)::integer as "depth!",
  greatest(extract(epoch from now() - min(o.oldest)), 0)::float8 as "oldestAgeSeconds!"
from shard_leases l
  cross join lateral (
    select
      (select count(*) from (select from outbox w where w.shard = l.shard order by w.accept_seq limit :mostCounted!::integer) x) as counted,
      (
        select e.accepted_at
        from (select event_id from outbox w where w.shard = l.shard order by w.accept_seq limit 1) first
          join events e on e.id = first.event_id
      ) as oldest
  ) o;
