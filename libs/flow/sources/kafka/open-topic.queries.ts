/** Types generated for queries found in "libs/flow/sources/kafka/open-topic.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

export type NumberOrStringArray = (NumberOrString)[];

export type numberArray = (number)[];

/** 'OpenTopic' parameters type */
export interface IOpenTopicParams {
  cluster: string;
  earliestOffsets: NumberOrStringArray;
  partitions: numberArray;
  source: number;
  startAt: string;
  startOffsets: NumberOrStringArray;
  subject: string;
  tenant: string;
  topic: string;
  topicId: string;
}

/** 'OpenTopic' return type */
export type IOpenTopicResult = void;

/** 'OpenTopic' query type */
export interface IOpenTopicQuery {
  params: IOpenTopicParams;
  result: IOpenTopicResult;
}

const openTopicIR: any = {"usedParamSet":{"source":true,"topicId":true,"topic":true,"cluster":true,"partitions":true,"startOffsets":true,"earliestOffsets":true,"tenant":true,"subject":true,"startAt":true},"params":[{"name":"source","required":true,"transform":{"type":"scalar"},"locs":[{"a":90,"b":97},{"a":281,"b":288},{"a":953,"b":960}]},{"name":"topicId","required":true,"transform":{"type":"scalar"},"locs":[{"a":100,"b":108},{"a":291,"b":299},{"a":837,"b":845},{"a":1028,"b":1036}]},{"name":"topic","required":true,"transform":{"type":"scalar"},"locs":[{"a":111,"b":117},{"a":811,"b":817},{"a":976,"b":982}]},{"name":"cluster","required":true,"transform":{"type":"scalar"},"locs":[{"a":120,"b":128},{"a":1000,"b":1008}]},{"name":"partitions","required":true,"transform":{"type":"scalar"},"locs":[{"a":422,"b":433}]},{"name":"startOffsets","required":true,"transform":{"type":"scalar"},"locs":[{"a":447,"b":460}]},{"name":"earliestOffsets","required":true,"transform":{"type":"scalar"},"locs":[{"a":473,"b":489}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":702,"b":709}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":770,"b":778}]},{"name":"startAt","required":true,"transform":{"type":"scalar"},"locs":[{"a":865,"b":873}]}],"statement":"with opened as (\n  insert into source_topics (source, topic_id, topic, cluster)\n  values (:source!, :topicId!, :topic!, :cluster!)\n  on conflict do nothing\n  returning source\n),\npositioned as (\n  insert into source_positions (source, topic_id, partition, next_offset)\n  select\n    :source!, :topicId!, p.partition,\n    case when exists (select from opened) then p.start_offset else p.earliest_offset end\n  from\n    unnest(:partitions!::integer[], :startOffsets!::bigint[], :earliestOffsets!::bigint[])\n      as p (partition, start_offset, earliest_offset)\n  order by p.partition\n  on conflict do nothing\n)\ninsert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)\nselect\n  :tenant!, 'system', 'system', 'Lockstep', 'source.topic_recreated', :subject!,\n  jsonb_build_object('topic', :topic!::text, 'topicId', :topicId!::text, 'startAt', :startAt!::text)\nfrom opened\nwhere exists (select from source_topics t where t.source = :source! and t.topic = :topic! and t.cluster = :cluster! and t.topic_id <> :topicId!::uuid)"};

/**
 * Query generated from SQL:
 * ```
 * with opened as (
 *   insert into source_topics (source, topic_id, topic, cluster)
 *   values (:source!, :topicId!, :topic!, :cluster!)
 *   on conflict do nothing
 *   returning source
 * ),
 * positioned as (
 *   insert into source_positions (source, topic_id, partition, next_offset)
 *   select
 *     :source!, :topicId!, p.partition,
 *     case when exists (select from opened) then p.start_offset else p.earliest_offset end
 *   from
 *     unnest(:partitions!::integer[], :startOffsets!::bigint[], :earliestOffsets!::bigint[])
 *       as p (partition, start_offset, earliest_offset)
 *   order by p.partition
 *   on conflict do nothing
 * )
 * insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)
 * select
 *   :tenant!, 'system', 'system', 'Lockstep', 'source.topic_recreated', :subject!,
 *   jsonb_build_object('topic', :topic!::text, 'topicId', :topicId!::text, 'startAt', :startAt!::text)
 * from opened
 * where exists (select from source_topics t where t.source = :source! and t.topic = :topic! and t.cluster = :cluster! and t.topic_id <> :topicId!::uuid)
 * ```
 */
export const openTopic = new PreparedQuery<IOpenTopicParams,IOpenTopicResult>(openTopicIR);


