-- $1: number of old events. The next one comes after them, and nothing looks for what is not admitted among them.
with numbered as (
  select setval('accept_seq', $1::bigint)
)
update shard_cursors set swept_seq = numbered.setval from numbered
