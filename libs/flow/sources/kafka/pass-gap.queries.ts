/** Types generated for queries found in "libs/flow/sources/kafka/pass-gap.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type NumberOrString = number | string;

/** 'PassGap' parameters type */
export interface IPassGapParams {
  fromOffset: NumberOrString;
  partition: number;
  reason: string;
  source: number;
  subject: string;
  tenant: string;
  toOffset: NumberOrString;
  topic: string;
  topicId: string;
}

/** 'PassGap' return type */
export interface IPassGapResult {
  moved: boolean;
}

/** 'PassGap' query type */
export interface IPassGapQuery {
  params: IPassGapParams;
  result: IPassGapResult;
}

const passGapIR: any = {"usedParamSet":{"toOffset":true,"source":true,"topicId":true,"partition":true,"fromOffset":true,"tenant":true,"subject":true,"topic":true,"reason":true},"params":[{"name":"toOffset","required":true,"transform":{"type":"scalar"},"locs":[{"a":62,"b":71},{"a":495,"b":504}]},{"name":"source","required":true,"transform":{"type":"scalar"},"locs":[{"a":90,"b":97}]},{"name":"topicId","required":true,"transform":{"type":"scalar"},"locs":[{"a":114,"b":122}]},{"name":"partition","required":true,"transform":{"type":"scalar"},"locs":[{"a":140,"b":150}]},{"name":"fromOffset","required":true,"transform":{"type":"scalar"},"locs":[{"a":170,"b":181},{"a":467,"b":478}]},{"name":"tenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":321,"b":328}]},{"name":"subject","required":true,"transform":{"type":"scalar"},"locs":[{"a":377,"b":385}]},{"name":"topic","required":true,"transform":{"type":"scalar"},"locs":[{"a":420,"b":426}]},{"name":"reason","required":true,"transform":{"type":"scalar"},"locs":[{"a":525,"b":532}]}],"statement":"with moved as (\n  update source_positions\n  set next_offset = :toOffset!\n  where source = :source! and topic_id = :topicId! and partition = :partition! and next_offset = :fromOffset!\n  returning partition\n),\nnoted as (\n  insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)\n  select\n    :tenant!, 'system', 'system', 'Lockstep', 'source.gap', :subject!,\n    jsonb_build_object('topic', :topic!::text, 'partition', partition, 'from', :fromOffset!::bigint, 'to', :toOffset!::bigint, 'reason', :reason!::text)\n  from moved\n)\nselect true as \"moved!\" from moved"};

/**
 * Query generated from SQL:
 * ```
 * with moved as (
 *   update source_positions
 *   set next_offset = :toOffset!
 *   where source = :source! and topic_id = :topicId! and partition = :partition! and next_offset = :fromOffset!
 *   returning partition
 * ),
 * noted as (
 *   insert into audit_log (tenant, actor_type, actor, actor_name, action, subject, detail)
 *   select
 *     :tenant!, 'system', 'system', 'Lockstep', 'source.gap', :subject!,
 *     jsonb_build_object('topic', :topic!::text, 'partition', partition, 'from', :fromOffset!::bigint, 'to', :toOffset!::bigint, 'reason', :reason!::text)
 *   from moved
 * )
 * select true as "moved!" from moved
 * ```
 */
export const passGap = new PreparedQuery<IPassGapParams,IPassGapResult>(passGapIR);


