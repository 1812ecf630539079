/** Types generated for queries found in "libs/ledger/src/read-moment.sql" */
import { PreparedQuery } from '#postgres/prepared-query';

/** 'ReadMoment' parameters type */
export interface IReadMomentParams {
  settledSeconds: number;
}

/** 'ReadMoment' return type */
export interface IReadMomentResult {
  asOf: Date;
  retiring: boolean;
  settledBefore: string;
}

/** 'ReadMoment' query type */
export interface IReadMomentQuery {
  params: IReadMomentParams;
  result: IReadMomentResult;
}

const readMomentIR: any = {"usedParamSet":{"settledSeconds":true},"params":[{"name":"settledSeconds","required":true,"transform":{"type":"scalar"},"locs":[{"a":48,"b":63}]}],"statement":"select\n  now() as \"asOf!\",\n  uuid_floor(now() - :settledSeconds!::float8 * interval '1 second') as \"settledBefore!\",\n  exists (select from retired_days where dropped_at is null) as \"retiring!\""};

/**
 * Query generated from SQL:
 * ```
 * select
 *   now() as "asOf!",
 *   uuid_floor(now() - :settledSeconds!::float8 * interval '1 second') as "settledBefore!",
 *   exists (select from retired_days where dropped_at is null) as "retiring!"
 * ```
 */
export const readMoment = new PreparedQuery<IReadMomentParams,IReadMomentResult>(readMomentIR);


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


