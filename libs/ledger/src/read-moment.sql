/*
  The first statement of the transaction: it takes the snapshot, and says where each shard stands in it.
  Ids below `settled_before` were minted :settledSeconds ago: most of what is older is admitted.
  `retiring`: a day is retired and has partitions yet, which the views kept_* leave out.
*/
/* @name readMoment */
select
  now() as "asOf!",
  uuid_floor(now() - :settledSeconds!::float8 * interval '1 second') as "settledBefore!",
  exists (select from retired_days where dropped_at is null) as "retiring!";
/* @name readShards */
select
  c.shard,
  c.next_offset as "cursor",
  (select count(*) from outbox o where o.shard = c.shard) as "outbox!"
from shard_cursors c
order by c.shard;
