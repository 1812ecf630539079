/** Types generated for queries found in "libs/flow/sources/kafka/store-source-states.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

export type NumberOrStringArray = (NumberOrString)[];

export type numberArray = (number)[];

export type stringArray = (string)[];

/** 'StoreSourceStates' parameters type */
export interface IStoreSourceStatesParams {
  details: stringArray;
  endOffsets: NumberOrStringArray;
  gateway: string;
  haltDetails: stringArray;
  haltOffsets: NumberOrStringArray;
  haltReasons: stringArray;
  partitions: numberArray;
  partitionSources: numberArray;
  sources: numberArray;
  states: stringArray;
  topicIds: stringArray;
}

/** 'StoreSourceStates' return type */
export type IStoreSourceStatesResult = void;

/** 'StoreSourceStates' query type */
export interface IStoreSourceStatesQuery {
  params: IStoreSourceStatesParams;
  result: IStoreSourceStatesResult;
}

const storeSourceStatesIR: any = {"usedParamSet":{"sources":true,"states":true,"details":true,"gateway":true,"partitionSources":true,"partitions":true,"topicIds":true,"endOffsets":true,"haltOffsets":true,"haltReasons":true,"haltDetails":true},"params":[{"name":"sources","required":true,"transform":{"type":"scalar"},"locs":[{"a":91,"b":99}]},{"name":"states","required":true,"transform":{"type":"scalar"},"locs":[{"a":113,"b":120}]},{"name":"details","required":true,"transform":{"type":"scalar"},"locs":[{"a":131,"b":139}]},{"name":"gateway","required":true,"transform":{"type":"scalar"},"locs":[{"a":312,"b":320},{"a":676,"b":684},{"a":1084,"b":1092},{"a":1492,"b":1500}]},{"name":"partitionSources","required":true,"transform":{"type":"scalar"},"locs":[{"a":3101,"b":3118}]},{"name":"partitions","required":true,"transform":{"type":"scalar"},"locs":[{"a":3132,"b":3143}]},{"name":"topicIds","required":true,"transform":{"type":"scalar"},"locs":[{"a":3157,"b":3166}]},{"name":"endOffsets","required":true,"transform":{"type":"scalar"},"locs":[{"a":3177,"b":3188}]},{"name":"haltOffsets","required":true,"transform":{"type":"scalar"},"locs":[{"a":3201,"b":3213}]},{"name":"haltReasons","required":true,"transform":{"type":"scalar"},"locs":[{"a":3232,"b":3244}]},{"name":"haltDetails","required":true,"transform":{"type":"scalar"},"locs":[{"a":3255,"b":3267}]}],"statement":"with reports as (\n  select r.source, r.state, nullif(r.detail, '') as detail\n  from unnest(:sources!::integer[], :states!::text[], :details!::text[]) as r (source, state, detail)\n    join sources s on s.id = r.source\n),\nreaders as (\n  insert into source_readers (source, gateway, state, detail)\n  select source, :gateway!::uuid, state, detail\n  from reports\n  order by source\n  on conflict (source, gateway) do update set state = excluded.state, detail = excluded.detail, seen_at = now()\n),\nforgotten as (\n  delete from source_readers\n  where (source, gateway) in (\n    select source, gateway from source_readers\n    where seen_at < now() - interval '1 minute' and gateway <> :gateway!::uuid\n    for update skip locked\n  )\n),\n-- What two reports of a gateway in a row say is audited, and in an hour at most one row that a source is failing, and\n-- one that it has recovered: see also add-rejections.sql.\naudits as materialized (\n  select s.source, r.state = 'failing' as fails, r.detail\n  from reports r\n    join source_readers before on before.source = r.source and before.gateway = :gateway!::uuid and before.state = r.state\n    join source_states s on s.source = r.source\n  where case r.state\n      when 'failing' then not s.owes_recovery and coalesce(s.failing_audited_at < now() - interval '1 hour', true)\n      when 'reading' then s.owes_recovery and not s.is_failing and not exists (\n        select from failing_readers other\n        where other.source = r.source and other.gateway <> :gateway!::uuid\n      )\n      else false\n    end\n  order by s.source\n  for no key update of s\n),\nstates as (\n  update source_states s\n  set failing_audited_at = case when audits.fails then now() else s.failing_audited_at end, owes_recovery = audits.fails\n  from audits\n  where s.source = audits.source\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)\n  select\n    s.tenant, 'system', 'system', 'Lockstep', 'source.' || case when audits.fails then 'failing' else 'recovered' end,\n    'src_' || replace(s.public_id::text, '-', ''),\n    case when audits.fails then jsonb_build_object('topic', s.settings ->> 'topic', 'detail', audits.detail) else '{}' end\n  from audits\n    join sources s on s.id = audits.source\n  where s.deleted_at is null\n),\ntold as (\n  -- Without the detail, which may quote the broker.\n  insert into operational_events (tenant, type, entity, data)\n  select\n    s.tenant, 'lockstep.source.failing', i.id,\n    jsonb_build_object('source', i.id, 'name', s.name, 'reason', 'unreadable', 'refused', t.refused, 'code', t.last_rejection_code)\n  from audits\n    join sources s on s.id = audits.source\n    join source_states t on t.source = s.id\n    cross join lateral (select 'src_' || replace(s.public_id::text, '-', '') as id) i\n  where\n    audits.fails and s.deleted_at is null\n    and exists (\n      select\n      from operational_subscriptions o\n      where o.tenant = s.tenant and o.event_types && event_type_patterns('lockstep.source.failing')\n    )\n  order by s.id\n),\npartitions as materialized (\n  select p.*\n  from\n    unnest(\n      :partitionSources!::integer[], :partitions!::integer[], :topicIds!::uuid[], :endOffsets!::bigint[], :haltOffsets!::bigint[],\n      :haltReasons!::text[], :haltDetails!::text[]\n    ) as p (source, partition, topic_id, end_offset, halt_offset, halt_reason, halt_detail)\n    join sources s on s.id = p.source\n),\n-- Every report names a halt, which is audited once.\nhalts as (\n  insert into source_halts as known (source, topic_id, partition, at_offset)\n  select source, topic_id, partition, halt_offset\n  from partitions\n  where halt_offset <> -1\n  order by source, topic_id, partition\n  on conflict (source, topic_id, partition) do update set at_offset = excluded.at_offset\n  where known.at_offset <> excluded.at_offset\n  returning source, topic_id, partition\n),\naudited_halts as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)\n  select\n    s.tenant, 'system', 'system', 'Lockstep', 'source.partition_halted', 'src_' || replace(s.public_id::text, '-', ''),\n    jsonb_build_object(\n      'topic', s.settings ->> 'topic', 'partition', p.partition, 'offset', p.halt_offset, 'reason', p.halt_reason,\n      'detail', p.halt_detail\n    )\n  from halts h\n    join partitions p on p.source = h.source and p.topic_id = h.topic_id and p.partition = h.partition\n    join sources s on s.id = h.source\n  where s.deleted_at is null\n  order by p.source, p.partition\n)\ninsert into source_partition_states (source, partition, topic_id, state, detail, end_offset)\nselect\n  source, partition, topic_id, case when halt_offset = -1 then 'reading' else 'halted' end,\n  case when halt_offset <> -1 then format('offset %s: %s (%s)', halt_offset, halt_detail, halt_reason) end,\n  nullif(end_offset, -1)\nfrom partitions\norder by source, partition\non conflict (source, partition) do update\n  set\n    topic_id = excluded.topic_id, state = excluded.state, detail = excluded.detail, end_offset = excluded.end_offset,\n    seen_at = now()"};

/**
 * Query generated from SQL:
 * ```
 * with reports as (
 *   select r.source, r.state, nullif(r.detail, '') as detail
 *   from unnest(:sources!::integer[], :states!::text[], :details!::text[]) as r (source, state, detail)
 *     join sources s on s.id = r.source
 * ),
 * readers as (
 *   insert into source_readers (source, gateway, state, detail)
 *   select source, :gateway!::uuid, state, detail
 *   from reports
 *   order by source
 *   on conflict (source, gateway) do update set state = excluded.state, detail = excluded.detail, seen_at = now()
 * ),
 * forgotten as (
 *   delete from source_readers
 *   where (source, gateway) in (
 *     select source, gateway from source_readers
 *     where seen_at < now() - interval '1 minute' and gateway <> :gateway!::uuid
 *     for update skip locked
 *   )
 * ),
 * -- What two reports of a gateway in a row say is audited, and in an hour at most one row that a source is failing, and
 * -- one that it has recovered: see also add-rejections.sql.
 * audits as materialized (
 *   select s.source, r.state = 'failing' as fails, r.detail
 *   from reports r
 *     join source_readers before on before.source = r.source and before.gateway = :gateway!::uuid and before.state = r.state
 *     join source_states s on s.source = r.source
 *   where case r.state
 *       when 'failing' then not s.owes_recovery and coalesce(s.failing_audited_at < now() - interval '1 hour', true)
 *       when 'reading' then s.owes_recovery and not s.is_failing and not exists (
 *         select from failing_readers other
 *         where other.source = r.source and other.gateway <> :gateway!::uuid
 *       )
 *       else false
 *     end
 *   order by s.source
 *   for no key update of s
 * ),
 * states as (
 *   update source_states s
 *   set failing_audited_at = case when audits.fails then now() else s.failing_audited_at end, owes_recovery = audits.fails
 *   from audits
 *   where s.source = audits.source
 * ),
 * audited as (
 *   insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)
 *   select
 *     s.tenant, 'system', 'system', 'Lockstep', 'source.' || case when audits.fails then 'failing' else 'recovered' end,
 *     'src_' || replace(s.public_id::text, '-', ''),
 *     case when audits.fails then jsonb_build_object('topic', s.settings ->> 'topic', 'detail', audits.detail) else '{}' end
 *   from audits
 *     join sources s on s.id = audits.source
 *   where s.deleted_at is null
 * ),
 * told as (
 *   -- Without the detail, which may quote the broker.
 *   insert into operational_events (tenant, type, entity, data)
 *   select
 *     s.tenant, 'lockstep.source.failing', i.id,
 *     jsonb_build_object('source', i.id, 'name', s.name, 'reason', 'unreadable', 'refused', t.refused, 'code', t.last_rejection_code)
 *   from audits
 *     join sources s on s.id = audits.source
 *     join source_states t on t.source = s.id
 *     cross join lateral (select 'src_' || replace(s.public_id::text, '-', '') as id) i
 *   where
 *     audits.fails and s.deleted_at is null
 *     and exists (
 *       select
 *       from operational_subscriptions o
 *       where o.tenant = s.tenant and o.event_types && event_type_patterns('lockstep.source.failing')
 *     )
 *   order by s.id
 * ),
 * partitions as materialized (
 *   select p.*
 *   from
 *     unnest(
 *       :partitionSources!::integer[], :partitions!::integer[], :topicIds!::uuid[], :endOffsets!::bigint[], :haltOffsets!::bigint[],
 *       :haltReasons!::text[], :haltDetails!::text[]
 *     ) as p (source, partition, topic_id, end_offset, halt_offset, halt_reason, halt_detail)
 *     join sources s on s.id = p.source
 * ),
 * -- Every report names a halt, which is audited once.
 * halts as (
 *   insert into source_halts as known (source, topic_id, partition, at_offset)
 *   select source, topic_id, partition, halt_offset
 *   from partitions
 *   where halt_offset <> -1
 *   order by source, topic_id, partition
 *   on conflict (source, topic_id, partition) do update set at_offset = excluded.at_offset
 *   where known.at_offset <> excluded.at_offset
 *   returning source, topic_id, partition
 * ),
 * audited_halts as (
 *   insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)
 *   select
 *     s.tenant, 'system', 'system', 'Lockstep', 'source.partition_halted', 'src_' || replace(s.public_id::text, '-', ''),
 *     jsonb_build_object(
 *       'topic', s.settings ->> 'topic', 'partition', p.partition, 'offset', p.halt_offset, 'reason', p.halt_reason,
 *       'detail', p.halt_detail
 *     )
 *   from halts h
 *     join partitions p on p.source = h.source and p.topic_id = h.topic_id and p.partition = h.partition
 *     join sources s on s.id = h.source
 *   where s.deleted_at is null
 *   order by p.source, p.partition
 * )
 * insert into source_partition_states (source, partition, topic_id, state, detail, end_offset)
 * select
 *   source, partition, topic_id, case when halt_offset = -1 then 'reading' else 'halted' end,
 *   case when halt_offset <> -1 then format('offset %s: %s (%s)', halt_offset, halt_detail, halt_reason) end,
 *   nullif(end_offset, -1)
 * from partitions
 * order by source, partition
 * on conflict (source, partition) do update
 *   set
 *     topic_id = excluded.topic_id, state = excluded.state, detail = excluded.detail, end_offset = excluded.end_offset,
 *     seen_at = now()
 * ```
 */
export const storeSourceStates = new PreparedQuery<IStoreSourceStatesParams,IStoreSourceStatesResult>(storeSourceStatesIR);


