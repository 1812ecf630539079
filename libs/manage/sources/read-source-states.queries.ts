/** Types generated for queries found in "libs/manage/sources/read-source-states.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'ReadSourceStates' parameters type */
export interface IReadSourceStatesParams {
  source: number;
}

/** 'ReadSourceStates' return type */
export interface IReadSourceStatesResult {
  detail: string | null;
  end: number | null;
  partition: number | null;
  partitionDetail: string | null;
  partitionState: string | null;
  position: number | null;
  state: string | null;
  topic: string | null;
}

/** 'ReadSourceStates' query type */
export interface IReadSourceStatesQuery {
  params: IReadSourceStatesParams;
  result: IReadSourceStatesResult;
}

const readSourceStatesIR: any = {"usedParamSet":{"source":true},"params":[{"name":"source","required":true,"transform":{"type":"scalar"},"locs":[{"a":158,"b":165},{"a":525,"b":532},{"a":1013,"b":1020}]}],"statement":"with topic as (\n  select t.topic_id, t.topic\n  from sources s\n    join source_topics t on t.source = s.id and t.topic = s.settings ->> 'topic'\n  where s.id = :source!\n  -- The one that was read last: a source may have gone back to a cluster that it has read before.\n  order by\n    (select max(seen_at) from source_partition_states p where p.source = t.source and p.topic_id = t.topic_id) desc nulls last,\n    t.opened_at desc, t.topic_id\n  limit 1\n),\nreader as (\n  select state, detail\n  from source_readers\n  where source = :source! and seen_at > now() - interval '30 seconds'\n  order by state = 'failing' desc, state = 'reading' desc\n  limit 1\n)\nselect\n  reader.state as \"state?\",\n  reader.detail as \"detail?\",\n  topic.topic as \"topic?\",\n  p.partition as \"partition?\",\n  p.next_offset as \"position?\",\n  s.end_offset as \"end?\",\n  s.state as \"partitionState?\",\n  s.detail as \"partitionDetail?\"\nfrom (select) as one\n  left join reader on true\n  left join topic on true\n  left join source_positions p on p.source = :source! and p.topic_id = topic.topic_id\n  left join source_partition_states s\n    on s.source = p.source and s.partition = p.partition and s.topic_id = p.topic_id and s.seen_at > now() - interval '30 seconds'\norder by p.partition"};

/**
 * Query generated from SQL:
 * ```
 * with topic as (
 *   select t.topic_id, t.topic
 *   from sources s
 *     join source_topics t on t.source = s.id and t.topic = s.settings ->> 'topic'
 *   where s.id = :source!
 *   -- The one that was read last: a source may have gone back to a cluster that it has read before.
 *   order by
 *     (select max(seen_at) from source_partition_states p where p.source = t.source and p.topic_id = t.topic_id) desc nulls last,
 *     t.opened_at desc, t.topic_id
 *   limit 1
 * ),
 * reader as (
 *   select state, detail
 *   from source_readers
 *   where source = :source! and seen_at > now() - interval '30 seconds'
 *   order by state = 'failing' desc, state = 'reading' desc
 *   limit 1
 * )
 * select
 *   reader.state as "state?",
 *   reader.detail as "detail?",
 *   topic.topic as "topic?",
 *   p.partition as "partition?",
 *   p.next_offset as "position?",
 *   s.end_offset as "end?",
 *   s.state as "partitionState?",
 *   s.detail as "partitionDetail?"
 * from (select) as one
 *   left join reader on true
 *   left join topic on true
 *   left join source_positions p on p.source = :source! and p.topic_id = topic.topic_id
 *   left join source_partition_states s
 *     on s.source = p.source and s.partition = p.partition and s.topic_id = p.topic_id and s.seen_at > now() - interval '30 seconds'
 * order by p.partition
 * ```
 */
export const readSourceStates = new PreparedQuery<IReadSourceStatesParams,IReadSourceStatesResult>(readSourceStatesIR);


