/** Types generated for queries found in "libs/flow/sources/kafka/read-positions.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'ReadPositions' parameters type */
export interface IReadPositionsParams {
  source: number;
  topicId: string;
}

/** 'ReadPositions' return type */
export interface IReadPositionsResult {
  nextOffset: number;
  partition: number;
}

/** 'ReadPositions' query type */
export interface IReadPositionsQuery {
  params: IReadPositionsParams;
  result: IReadPositionsResult;
}

const readPositionsIR: any = {"usedParamSet":{"source":true,"topicId":true},"params":[{"name":"source","required":true,"transform":{"type":"scalar"},"locs":[{"a":83,"b":90}]},{"name":"topicId","required":true,"transform":{"type":"scalar"},"locs":[{"a":107,"b":115}]}],"statement":"select partition, next_offset as \"nextOffset\" from source_positions where source = :source! and topic_id = :topicId!"};

/**
 * Query generated from SQL:
 * ```
 * select partition, next_offset as "nextOffset" from source_positions where source = :source! and topic_id = :topicId!
 * ```
 */
export const readPositions = new PreparedQuery<IReadPositionsParams,IReadPositionsResult>(readPositionsIR);


