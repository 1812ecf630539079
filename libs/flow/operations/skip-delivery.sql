/*
  Discards the delivery of a lane that an operator wants skipped, fenced like an outcome; only while nothing of the lane
  is in flight. It may be pending, or the dead letter at which the lane came to a halt. When it has ended otherwise in the
  meantime, only the mark goes.
  By "event_ids", the id as an array of one, no partitions are pruned at run time (docs/design.md, Storage).
*/
/* @name skipDelivery */
with fence as (
  select l.shard
  from shard_leases l
  where l.shard = :shard! and l.epoch = :epoch!
  for key share of l
),
marked as (
  select l.id, l.skip_sequence, l.closed_sequence, l.halted_sequence
  from fence f
    join lanes l on l.shard = f.shard and l.id = :lane!
  where l.skip_sequence is not null
  for no key update of l
),
wanted as materialized (
  select array[d.event_id] as event_ids, d.endpoint, d.replay, d.status
  from marked m
    cross join lateral (
      select * from deliveries p
      where p.shard = :shard! and p.lane = m.id and p.sequence = m.skip_sequence and p.status = 'pending'
      union all
      select * from deliveries q
      where
        q.shard = :shard! and coalesce(q.lane, 0) = m.id and coalesce(q.sequence, 0) = m.skip_sequence and q.status = 'dead'
        and m.halted_sequence = m.skip_sequence
    ) d
),
discarded as (
  update deliveries d
  set status = 'discarded', next_attempt_at = null, finished_at = now()
  from wanted w
  where d.event_id = any(w.event_ids) and d.endpoint = w.endpoint and d.replay = w.replay and d.status = w.status
  returning d.sequence, d.endpoint, w.status as was
),
cleared as (
  update lanes l
  set
    skip_sequence = null,
    closed_sequence = greatest(l.closed_sequence, x.sequence),
    replays = l.replays - case when x.was = 'pending' and x.sequence <= l.closed_sequence then 1 else 0 end,
    halted_sequence = nullif(l.halted_sequence, m.skip_sequence),
    marked_at = now()
  from marked m
    left join discarded x on true
  where l.id = m.id
)
select
  (select count(*) from fence)::integer = 1 as held,
  array(select endpoint from discarded) as discarded;
