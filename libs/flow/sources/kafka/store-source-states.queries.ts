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

const storeSourceStatesIR: any = {"usedParamSet":{"gateway":true,"sources":true,"states":true,"details":true,"partitionSources":true,"partitions":true,"topicIds":true,"partitionStates":true,"partitionDetails":true,"endOffsets":true},"params":[{"name":"gateway","required":true,"transform":{"type":"scalar"},"locs":[{"a":99,"b":107},{"a":606,"b":614}]},{"name":"sources","required":true,"transform":{"type":"scalar"},"locs":[{"a":160,"b":168}]},{"name":"states","required":true,"transform":{"type":"scalar"},"locs":[{"a":182,"b":189}]},{"name":"details","required":true,"transform":{"type":"scalar"},"locs":[{"a":200,"b":208}]},{"name":"partitionSources","required":true,"transform":{"type":"scalar"},"locs":[{"a":865,"b":882}]},{"name":"partitions","required":true,"transform":{"type":"scalar"},"locs":[{"a":896,"b":907}]},{"name":"topicIds","required":true,"transform":{"type":"scalar"},"locs":[{"a":921,"b":930}]},{"name":"partitionStates","required":true,"transform":{"type":"scalar"},"locs":[{"a":941,"b":957}]},{"name":"partitionDetails","required":true,"transform":{"type":"scalar"},"locs":[{"a":972,"b":989}]},{"name":"endOffsets","required":true,"transform":{"type":"scalar"},"locs":[{"a":1000,"b":1011}]}],"statement":"with readers as (\n  insert into source_readers (source, gateway, state, detail)\n  select r.source, :gateway!::uuid, r.state, nullif(r.detail, '')\n  from unnest(:sources!::integer[], :states!::text[], :details!::text[]) as r (source, state, detail)\n    join sources s on s.id = r.source\n  order by r.source\n  on conflict (source, gateway) do update set state = excluded.state, detail = excluded.detail, seen_at = now()\n),\nforgotten as (\n  delete from source_readers\n  where (source, gateway) in (\n    select source, gateway from source_readers\n    where seen_at < now() - interval '1 minute' and gateway <> :gateway!::uuid\n    for update skip locked\n  )\n)\ninsert into source_partition_states (source, partition, topic_id, state, detail, end_offset)\nselect p.source, p.partition, p.topic_id, p.state, nullif(p.detail, ''), nullif(p.end_offset, -1)\nfrom\n  unnest(\n    :partitionSources!::integer[], :partitions!::integer[], :topicIds!::uuid[], :partitionStates!::text[],\n    :partitionDetails!::text[], :endOffsets!::bigint[]\n  ) as p (source, partition, topic_id, state, detail, end_offset)\n  join sources s on s.id = p.source\norder by p.source, p.partition\non conflict (source, partition) do update\n  set\n    topic_id = excluded.topic_id, state = excluded.state, detail = excluded.detail, end_offset = excluded.end_offset,\n    seen_at = now()"};

/**
 * Query generated from SQL:
 * ```
 * with readers as (
 *   insert into source_readers (source, gateway, state, detail)
 *   select r.source, :gateway!::uuid, r.state, nullif(r.detail, '')
 *   from unnest(:sources!::integer[], :states!::text[], :details!::text[]) as r (source, state, detail)
 *     join sources s on s.id = r.source
 *   order by r.source
 *   on conflict (source, gateway) do update set state = excluded.state, detail = excluded.detail, seen_at = now()
 * ),
 * forgotten as (
 *   delete from source_readers
 *   where (source, gateway) in (
 *     select source, gateway from source_readers
 *     where seen_at < now() - interval '1 minute' and gateway <> :gateway!::uuid
 *     for update skip locked
 *   )
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


