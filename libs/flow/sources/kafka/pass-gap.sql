/*
  Moves a position over records that are no longer in the log, or back to the end of a log that lost its last records, and tells the audit log, once: only if the position is still
  at :fromOffset.
*/
/* @name passGap */
with moved as (
  update source_positions
  set next_offset = :toOffset!
  where source = :source! and topic_id = :topicId! and partition = :partition! and next_offset = :fromOffset!
  returning partition
),
noted as (
  insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)
  select
    :tenant!, 'system', 'system', 'Lockstep', 'source.gap', :subject!,
    jsonb_build_object('topic', :topic!::text, 'partition', partition, 'from', :fromOffset!::bigint, 'to', :toOffset!::bigint, 'reason', :reason!::text)
  from moved
)
select true as "moved!" from moved;
