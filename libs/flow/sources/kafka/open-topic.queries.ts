/** Types generated for queries found in "libs/flow/sources/kafka/open-topic.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

export type NumberOrStringArray = (NumberOrString)[];

export type numberArray = (number)[];

/** 'OpenTopic' parameters type */
export interface IOpenTopicParams {
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

const openTopicIR: any = {"usedParamSet":{"source":true,"topicId":true,"topic":true,"partitions":true,"startOffsets":true,"earliestOffsets":true,"tenant":true,"subject":true,"startAt":true},"params":[{"name":"source","required":true,"transform":{"type":"scalar"},"locs":[{"a":81,"b":88},{"a":261,"b":268},{"a":933,"b":940}]},{"name":"topicId","required":true,"transform":{"type":"scalar"},"locs":[{"a":91,"b":99},{"a":271,"b":279},{"a":817,"b":825},{"a":982,"b":990}]},{"name":"topic","required":true,"transform":{"type":"scalar"},"locs":[{"a":102,"b":108},{"a":791,"b":797},{"a":956,"b":962}]},{"name":"partitions","required":true,"transform":{"type":"scalar"},"locs":[{"a":402,"b":413}]},{"name":"startOffsets","required":true,"transform":{"type":"scalar"},"locs":[{"a":427,"b":440}]},{"name":"earliestOffsets","required":true,"transform":{"type":"scalar"},"locs":[{"a":453,"b":469}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":682,"b":689}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":750,"b":758}]},{"name":"startAt","required":true,"transform":{"type":"scalar"},"locs":[{"a":845,"b":853}]}],"statement":"with opened as (\n  insert into source_topics (source, topic_id, topic)\n  values (:source!, :topicId!, :topic!)\n  on conflict do nothing\n  returning source\n),\npositioned as (\n  insert into source_positions (source, topic_id, partition, next_offset)\n  select\n    :source!, :topicId!, p.partition,\n    case when exists (select from opened) then p.start_offset else p.earliest_offset end\n  from\n    unnest(:partitions!::integer[], :startOffsets!::bigint[], :earliestOffsets!::bigint[])\n      as p (partition, start_offset, earliest_offset)\n  order by p.partition\n  on conflict do nothing\n)\ninsert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)\nselect\n  :tenant!, 'system', 'system', 'Lockstep', 'source.topic_recreated', :subject!,\n  jsonb_build_object('topic', :topic!::text, 'topicId', :topicId!::text, 'startAt', :startAt!::text)\nfrom opened\nwhere exists (select from source_topics t where t.source = :source! and t.topic = :topic! and t.topic_id <> :topicId!::uuid)"};

/**
 * Query generated from SQL:
 * ```
 * with opened as (
 *   insert into source_topics (source, topic_id, topic)
 *   values (:source!, :topicId!, :topic!)
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
 * where exists (select from source_topics t where t.source = :source! and t.topic = :topic! and t.topic_id <> :topicId!::uuid)
 * ```
 */
export const openTopic = new PreparedQuery<IOpenTopicParams,IOpenTopicResult>(openTopicIR);


