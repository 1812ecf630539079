/* From where on the shard may have events that are not admitted, and the time by the clock that events carry. */
/* @name beginRepair */
select swept_seq as "after", clock_timestamp()::text as "before!"
from shard_cursors
where shard = :shard!;
