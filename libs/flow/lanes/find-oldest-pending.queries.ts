/** Types generated for queries found in "libs/flow/lanes/find-oldest-pending.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type numberArray = (number)[];

/** 'FindOldestPending' parameters type */
export interface IFindOldestPendingParams {
  shards: numberArray;
}

/** 'FindOldestPending' return type */
export interface IFindOldestPendingResult {
  eventId: string;
}

/** 'FindOldestPending' query type */
export interface IFindOldestPendingQuery {
  params: IFindOldestPendingParams;
  result: IFindOldestPendingResult;
}

const findOldestPendingIR: any = {"usedParamSet":{"shards":true},"params":[{"name":"shards","required":true,"transform":{"type":"scalar"},"locs":[{"a":87,"b":94}]}],"statement":"with pending as materialized (\n  select event_id\n  from deliveries\n  where shard = any(:shards!::integer[]) and status = 'pending'\n)\nselect event_id as \"eventId\"\nfrom pending\norder by event_id\nlimit 1"};

/**
 * Query generated from SQL:
 * ```
 * with pending as materialized (
 *   select event_id
 *   from deliveries
 *   where shard = any(:shards!::integer[]) and status = 'pending'
 * )
 * select event_id as "eventId"
 * from pending
 * order by event_id
 * limit 1
 * ```
 */
export const findOldestPending = new PreparedQuery<IFindOldestPendingParams,IFindOldestPendingResult>(findOldestPendingIR);


