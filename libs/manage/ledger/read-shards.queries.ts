/** Types generated for queries found in "libs/manage/ledger/read-shards.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'ReadShards' parameters type */
export type IReadShardsParams = void;

/** 'ReadShards' return type */
export interface IReadShardsResult {
  cursor: number;
  outbox: number;
  shard: number;
}

/** 'ReadShards' query type */
export interface IReadShardsQuery {
  params: IReadShardsParams;
  result: IReadShardsResult;
}

const readShardsIR: any = {"usedParamSet":{},"params":[],"statement":"select\n  c.shard,\n  c.next_offset as \"cursor\",\n  (select count(*) from outbox o where o.shard = c.shard) as \"outbox!\"\nfrom shard_cursors c\norder by c.shard"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   c.shard,
 *   c.next_offset as "cursor",
 *   (select count(*) from outbox o where o.shard = c.shard) as "outbox!"
 * from shard_cursors c
 * order by c.shard
 * ```
 */
export const readShards = new PreparedQuery<IReadShardsParams,IReadShardsResult>(readShardsIR);


