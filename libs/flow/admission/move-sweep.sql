/* Events up to :sweptSeq are dealt with. Only the owner says so: another's view of them may be older. */
/* @name moveSweep */
with fence as (
  select l.shard from shard_leases l where l.shard = :shard! and l.epoch = :epoch! for key share
)
update shard_cursors c
set swept_seq = greatest(c.swept_seq, :sweptSeq!::bigint)
from fence f
where c.shard = f.shard;
