/*
  Begins to read a topic: stores the positions of its partitions where there are none. Those of a topic that the source has
  not read are :startOffsets; a partition that was added since begins at its entry of :earliestOffsets. A topic that has the
  name of one of this cluster that was read before, and another id, was deleted and created again: the audit log says so, once.
*/
/* @name openTopic */
with opened as (
  insert into source_topics (source, topic_id, topic, cluster)
  values (:source!, :topicId!, :topic!, :cluster!)
  on conflict do nothing
  returning source
),
positioned as (
  insert into source_positions (source, topic_id, partition, next_offset)
  select
    :source!, :topicId!, p.partition,
    case when exists (select from opened) then p.start_offset else p.earliest_offset end
  from
    unnest(:partitions!::integer[], :startOffsets!::bigint[], :earliestOffsets!::bigint[])
      as p (partition, start_offset, earliest_offset)
  order by p.partition
  on conflict do nothing
)
insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)
select
  :tenant!, 'system', 'system', 'Lockstep', 'source.topic_recreated', :subject!,
  jsonb_build_object('topic', :topic!::text, 'topicId', :topicId!::text, 'startAt', :startAt!::text)
from opened
where exists (select from source_topics t where t.source = :source! and t.topic = :topic! and t.cluster = :cluster! and t.topic_id <> :topicId!::uuid);
