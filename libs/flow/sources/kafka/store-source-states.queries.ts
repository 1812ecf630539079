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
  partitionDetails: stringArray;
  partitions: numberArray;
  partitionSources: numberArray;
  partitionStates: stringArray;
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

const storeSourceStatesIR: any = {"usedParamSet":{"sources":true,"states":true,"details":true,"gateway":true,"partitionSources":true,"partitions":true,"topicIds":true,"partitionStates":true,"partitionDetails":true,"endOffsets":true},"params":[{"name":"sources","required":true,"transform":{"type":"scalar"},"locs":[{"a":91,"b":99}]},{"name":"states","required":true,"transform":{"type":"scalar"},"locs":[{"a":113,"b":120}]},{"name":"details","required":true,"transform":{"type":"scalar"},"locs":[{"a":131,"b":139}]},{"name":"gateway","required":true,"transform":{"type":"scalar"},"locs":[{"a":312,"b":320},{"a":676,"b":684},{"a":1090,"b":1098},{"a":1507,"b":1515}]},{"name":"partitionSources","required":true,"transform":{"type":"scalar"},"locs":[{"a":2602,"b":2619}]},{"name":"partitions","required":true,"transform":{"type":"scalar"},"locs":[{"a":2633,"b":2644}]},{"name":"topicIds","required":true,"transform":{"type":"scalar"},"locs":[{"a":2658,"b":2667}]},{"name":"partitionStates","required":true,"transform":{"type":"scalar"},"locs":[{"a":2678,"b":2694}]},{"name":"partitionDetails","required":true,"transform":{"type":"scalar"},"locs":[{"a":2709,"b":2726}]},{"name":"endOffsets","required":true,"transform":{"type":"scalar"},"locs":[{"a":2737,"b":2748}]}],"statement":"with reports as (\n  select r.source, r.state, nullif(r.detail, '') as detail\n  from unnest(:sources!::integer[], :states!::text[], :details!::text[]) as r (source, state, detail)\n    join sources s on s.id = r.source\n),\nreaders as (\n  insert into source_readers (source, gateway, state, detail)\n  select source, :gateway!::uuid, state, detail\n  from reports\n  order by source\n  on conflict (source, gateway) do update set state = excluded.state, detail = excluded.detail, seen_at = now()\n),\nforgotten as (\n  delete from source_readers\n  where (source, gateway) in (\n    select source, gateway from source_readers\n    where seen_at < now() - interval '1 minute' and gateway <> :gateway!::uuid\n    for update skip locked\n  )\n),\n-- Audited is what two reports of a gateway in a row have told, and in an hour at most one row that a source is failing, and\n-- one that it has recovered: see also add-rejections.sql.\naudits as materialized (\n  select s.source, r.state = 'failing' as fails, r.detail\n  from reports r\n    join source_readers before on before.source = r.source and before.gateway = :gateway!::uuid and before.state = r.state\n    join source_states s on s.source = r.source\n  where case r.state\n      when 'failing' then not s.owes_recovery and coalesce(s.failing_audited_at < now() - interval '1 hour', true)\n      when 'reading' then s.owes_recovery and not s.is_failing and not exists (\n        select from source_readers other\n        where\n          other.source = r.source and other.gateway <> :gateway!::uuid and other.state = 'failing'\n          and other.seen_at > now() - interval '30 seconds'\n      )\n      else false\n    end\n  order by s.source\n  for no key update of s\n),\nstates as (\n  update source_states s\n  set failing_audited_at = case when audits.fails then now() else s.failing_audited_at end, owes_recovery = audits.fails\n  from audits\n  where s.source = audits.source\n),\naudited as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)\n  select\n    s.tenant, 'system', 'system', 'Lockstep', 'source.' || case when audits.fails then 'failing' else 'recovered' end,\n    'src_' || replace(s.public_id::text, '-', ''),\n    case when audits.fails then jsonb_build_object('topic', s.settings ->> 'topic', 'detail', audits.detail) else '{}' end\n  from audits\n    join sources s on s.id = audits.source\n  where s.deleted_at is null\n)\ninsert into source_partition_states (source, partition, topic_id, state, detail, end_offset)\nselect p.source, p.partition, p.topic_id, p.state, nullif(p.detail, ''), nullif(p.end_offset, -1)\nfrom\n  unnest(\n    :partitionSources!::integer[], :partitions!::integer[], :topicIds!::uuid[], :partitionStates!::text[],\n    :partitionDetails!::text[], :endOffsets!::bigint[]\n  ) as p (source, partition, topic_id, state, detail, end_offset)\n  join sources s on s.id = p.source\norder by p.source, p.partition\non conflict (source, partition) do update\n  set\n    topic_id = excluded.topic_id, state = excluded.state, detail = excluded.detail, end_offset = excluded.end_offset,\n    seen_at = now()"};

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
 * -- Audited is what two reports of a gateway in a row have told, and in an hour at most one row that a source is failing, and
 * -- one that it has recovered: see also add-rejections.sql.
 * audits as materialized (
 *   select s.source, r.state = 'failing' as fails, r.detail
 *   from reports r
 *     join source_readers before on before.source = r.source and before.gateway = :gateway!::uuid and before.state = r.state
 *     join source_states s on s.source = r.source
 *   where case r.state
 *       when 'failing' then not s.owes_recovery and coalesce(s.failing_audited_at < now() - interval '1 hour', true)
 *       when 'reading' then s.owes_recovery and not s.is_failing and not exists (
 *         select from source_readers other
 *         where
 *           other.source = r.source and other.gateway <> :gateway!::uuid and other.state = 'failing'
 *           and other.seen_at > now() - interval '30 seconds'
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
 * )
 * insert into source_partition_states (source, partition, topic_id, state, detail, end_offset)
 * select p.source, p.partition, p.topic_id, p.state, nullif(p.detail, ''), nullif(p.end_offset, -1)
 * from
 *   unnest(
 *     :partitionSources!::integer[], :partitions!::integer[], :topicIds!::uuid[], :partitionStates!::text[],
 *     :partitionDetails!::text[], :endOffsets!::bigint[]
 *   ) as p (source, partition, topic_id, state, detail, end_offset)
 *   join sources s on s.id = p.source
 * order by p.source, p.partition
 * on conflict (source, partition) do update
 *   set
 *     topic_id = excluded.topic_id, state = excluded.state, detail = excluded.detail, end_offset = excluded.end_offset,
 *     seen_at = now()
 * ```
 */
export const storeSourceStates = new PreparedQuery<IStoreSourceStatesParams,IStoreSourceStatesResult>(storeSourceStatesIR);


