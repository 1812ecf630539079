/* @name readCursors */
select shard, next_offset as "nextOffset", last_event_id as "lastEventId"
from shard_cursors
where shard = any(:shards!::integer[]);
