/* Where each shard stands in the snapshot. */
/* @name readShards */
select
  c.shard,
  c.next_offset as "cursor",
  (select count(*) from outbox o where o.shard = c.shard) as "outbox!"
from shard_cursors c
order by c.shard;
