/*
  Stores what this gateway sees of its sources, and of the partitions that it reads. Forgets readers that have been silent for
  a minute: their gateways have stopped. An end offset of -1 stands for none.
*/
/* @name storeSourceStates */
with readers as (
  insert into source_readers (source, gateway, state, detail)
  select r.source, :gateway!::uuid, r.state, nullif(r.detail, '')
  from unnest(:sources!::integer[], :states!::text[], :details!::text[]) as r (source, state, detail)
    join sources s on s.id = r.source
  order by r.source
  on conflict (source, gateway) do update set state = excluded.state, detail = excluded.detail, seen_at = now()
),
forgotten as (
  delete from source_readers
  where (source, gateway) in (
    select source, gateway from source_readers
    where seen_at < now() - interval '1 minute' and gateway <> :gateway!::uuid
    for update skip locked
  )
)
insert into source_partition_states (source, partition, topic_id, state, detail, end_offset)
select p.source, p.partition, p.topic_id, p.state, nullif(p.detail, ''), nullif(p.end_offset, -1)
from
  unnest(
    :partitionSources!::integer[], :partitions!::integer[], :topicIds!::uuid[], :partitionStates!::text[],
    :partitionDetails!::text[], :endOffsets!::bigint[]
  ) as p (source, partition, topic_id, state, detail, end_offset)
  join sources s on s.id = p.source
order by p.source, p.partition
on conflict (source, partition) do update
  set
    topic_id = excluded.topic_id, state = excluded.state, detail = excluded.detail, end_offset = excluded.end_offset,
    seen_at = now();
