/*
  Reads the partitions of the topic that a source reads, with what a gateway saw of each in the last half minute, and the
  state of the source at the gateways that read it: `failing` with its reason if any of them fails. One row without a partition
  comes when there is none.
*/
/* @name readSourceStates */
with topic as (
  select t.topic_id, t.topic
  from sources s
    join source_topics t on t.source = s.id and t.topic = s.settings ->> 'topic'
  where s.id = :source!
  -- The one that was read last: a source may have gone back to a cluster that it has read before.
  order by
    (select max(seen_at) from source_partition_states p where p.source = t.source and p.topic_id = t.topic_id) desc nulls last,
    t.opened_at desc, t.topic_id
  limit 1
),
reader as (
  select state, detail
  from source_readers
  where source = :source! and seen_at > now() - interval '30 seconds'
  order by state = 'failing' desc, state = 'reading' desc
  limit 1
)
select
  reader.state as "state?",
  reader.detail as "detail?",
  topic.topic as "topic?",
  p.partition as "partition?",
  p.next_offset as "position?",
  s.end_offset as "end?",
  s.state as "partitionState?",
  s.detail as "partitionDetail?"
from (select) as one
  left join reader on true
  left join topic on true
  left join source_positions p on p.source = :source! and p.topic_id = topic.topic_id
  left join source_partition_states s
    on s.source = p.source and s.partition = p.partition and s.topic_id = p.topic_id and s.seen_at > now() - interval '30 seconds'
order by p.partition;
