/* @name readCursors */
select shard, next_offset as "nextOffset"
from shard_cursors
where shard = any(:shards!::integer[]);
