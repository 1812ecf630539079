/** Types generated for queries found in "libs/flow/admission/read-cursors.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type numberArray = (number)[];

/** 'ReadCursors' parameters type */
export interface IReadCursorsParams {
  shards: numberArray;
}

/** 'ReadCursors' return type */
export interface IReadCursorsResult {
  lastEventId: string | null;
  nextOffset: number;
  shard: number;
}

/** 'ReadCursors' query type */
export interface IReadCursorsQuery {
  params: IReadCursorsParams;
  result: IReadCursorsResult;
}

const readCursorsIR: any = {"usedParamSet":{"shards":true},"params":[{"name":"shards","required":true,"transform":{"type":"scalar"},"locs":[{"a":111,"b":118}]}],"statement":"select shard, next_offset as \"nextOffset\", last_event_id as \"lastEventId\"\nfrom shard_cursors\nwhere shard = any(:shards!::integer[])"};

/**
 * Query generated from SQL:
 * ```
 * select shard, next_offset as "nextOffset", last_event_id as "lastEventId"
 * from shard_cursors
 * where shard = any(:shards!::integer[])
 * ```
 */
export const readCursors = new PreparedQuery<IReadCursorsParams,IReadCursorsResult>(readCursorsIR);


