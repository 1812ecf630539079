/*
  Stores what this gateway sees of its sources, and of the partitions that it reads, and audits which sources cannot be read
  now, or can be read again. Forgets readers that have been silent for a minute: their gateways have stopped. An end offset of
  -1 stands for none.
*/
/* @name storeSourceStates */
with reports as (
  select r.source, r.state, nullif(r.detail, '') as detail
  from unnest(:sources!::integer[], :states!::text[], :details!::text[]) as r (source, state, detail)
    join sources s on s.id = r.source
),
readers as (
  insert into source_readers (source, gateway, state, detail)
  select source, :gateway!::uuid, state, detail
  from reports
  order by source
  on conflict (source, gateway) do update set state = excluded.state, detail = excluded.detail, seen_at = now()
),
forgotten as (
  delete from source_readers
  where (source, gateway) in (
    select source, gateway from source_readers
    where seen_at < now() - interval '1 minute' and gateway <> :gateway!::uuid
    for update skip locked
  )
),
-- Audited is what two reports of a gateway in a row have told, and in an hour at most one row that a source is failing, and
-- one that it has recovered: see also add-rejections.sql.
audits as materialized (
  select s.source, r.state = 'failing' as fails, r.detail
  from reports r
    join source_readers before on before.source = r.source and before.gateway = :gateway!::uuid and before.state = r.state
    join source_states s on s.source = r.source
  where case r.state
      when 'failing' then not s.owes_recovery and coalesce(s.failing_audited_at < now() - interval '1 hour', true)
      when 'reading' then s.owes_recovery and not s.is_failing and not exists (
        select from source_readers other
        where
          other.source = r.source and other.gateway <> :gateway!::uuid and other.state = 'failing'
          and other.seen_at > now() - interval '30 seconds'
      )
      else false
    end
  order by s.source
  for no key update of s
),
states as (
  update source_states s
  set failing_audited_at = case when audits.fails then now() else s.failing_audited_at end, owes_recovery = audits.fails
  from audits
  where s.source = audits.source
),
audited as (
  insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)
  select
    s.tenant, 'system', 'system', 'Lockstep', 'source.' || case when audits.fails then 'failing' else 'recovered' end,
    'src_' || replace(s.public_id::text, '-', ''),
    case when audits.fails then jsonb_build_object('topic', s.settings ->> 'topic', 'detail', audits.detail) else '{}' end
  from audits
    join sources s on s.id = audits.source
  where s.deleted_at is null
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
