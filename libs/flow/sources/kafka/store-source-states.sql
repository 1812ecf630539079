/*
  Stores what this gateway sees of its sources, and of the partitions that it reads, and audits which sources cannot be read
  now, or can be read again, and which partitions have halted. An operational event tells which cannot be read. Forgets
  readers that have been silent for a minute: their gateways have stopped. An end offset of -1 stands for none, as does a
  halt offset.
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
-- What two reports of a gateway in a row say is audited, and in an hour at most one row that a source is failing, and
-- one that it has recovered: see also add-rejections.sql.
audits as materialized (
  select s.source, r.state = 'failing' as fails, r.detail
  from reports r
    join source_readers before on before.source = r.source and before.gateway = :gateway!::uuid and before.state = r.state
    join source_states s on s.source = r.source
  where case r.state
      when 'failing' then not s.owes_recovery and coalesce(s.failing_audited_at < now() - interval '1 hour', true)
      when 'reading' then s.owes_recovery and not s.is_failing and not exists (
        select from failing_readers other
        where other.source = r.source and other.gateway <> :gateway!::uuid
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
),
told as (
  -- Without the detail, which may quote the broker.
  insert into operational_events (tenant, type, entity, data)
  select
    s.tenant, 'lockstep.source.failing', i.id,
    jsonb_build_object('source', i.id, 'name', s.name, 'reason', 'unreadable', 'refused', t.refused, 'code', t.last_rejection_code)
  from audits
    join sources s on s.id = audits.source
    join source_states t on t.source = s.id
    cross join lateral (select 'src_' || replace(s.public_id::text, '-', '') as id) i
  where
    audits.fails and s.deleted_at is null
    and exists (
      select
      from operational_subscriptions o
      where o.tenant = s.tenant and o.event_types && event_type_patterns('lockstep.source.failing')
    )
  order by s.id
),
partitions as materialized (
  select p.*
  from
    unnest(
      :partitionSources!::integer[], :partitions!::integer[], :topicIds!::uuid[], :endOffsets!::bigint[], :haltOffsets!::bigint[],
      :haltReasons!::text[], :haltDetails!::text[]
    ) as p (source, partition, topic_id, end_offset, halt_offset, halt_reason, halt_detail)
    join sources s on s.id = p.source
),
-- Every report names a halt, which is audited once.
halts as (
  insert into source_halts as known (source, topic_id, partition, at_offset)
  select source, topic_id, partition, halt_offset
  from partitions
  where halt_offset <> -1
  order by source, topic_id, partition
  on conflict (source, topic_id, partition) do update set at_offset = excluded.at_offset
  where known.at_offset <> excluded.at_offset
  returning source, topic_id, partition
),
audited_halts as (
  insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)
  select
    s.tenant, 'system', 'system', 'Lockstep', 'source.partition_halted', 'src_' || replace(s.public_id::text, '-', ''),
    jsonb_build_object(
      'topic', s.settings ->> 'topic', 'partition', p.partition, 'offset', p.halt_offset, 'reason', p.halt_reason,
      'detail', p.halt_detail
    )
  from halts h
    join partitions p on p.source = h.source and p.topic_id = h.topic_id and p.partition = h.partition
    join sources s on s.id = h.source
  where s.deleted_at is null
  order by p.source, p.partition
)
insert into source_partition_states (source, partition, topic_id, state, detail, end_offset)
select
  source, partition, topic_id, case when halt_offset = -1 then 'reading' else 'halted' end,
  case when halt_offset <> -1 then format('offset %s: %s (%s)', halt_offset, halt_detail, halt_reason) end,
  nullif(end_offset, -1)
from partitions
order by source, partition
on conflict (source, partition) do update
  set
    topic_id = excluded.topic_id, state = excluded.state, detail = excluded.detail, end_offset = excluded.end_offset,
    seen_at = now();
