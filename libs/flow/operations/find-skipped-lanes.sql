/* Lanes of these shards of which a delivery is still to be skipped, at most :limit: the others follow when these are done. */
/* @name findSkippedLanes */
select id as lane, shard
from lanes
where shard = any(:shards!::integer[]) and skip_sequence is not null
limit :limit!;
