/** Types generated for queries found in "libs/flow/operations/find-open-replays.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type replay_action = 'discard' | 'replay';

export type numberArray = (number)[];

/** 'FindOpenReplays' parameters type */
export interface IFindOpenReplaysParams {
  shards: numberArray;
}

/** 'FindOpenReplays' return type */
export interface IFindOpenReplaysResult {
  action: replay_action;
  ofEvent: boolean;
  replay: string;
  shard: number;
}

/** 'FindOpenReplays' query type */
export interface IFindOpenReplaysQuery {
  params: IFindOpenReplaysParams;
  result: IFindOpenReplaysResult;
}

const findOpenReplaysIR: any = {"usedParamSet":{"shards":true},"params":[{"name":"shards","required":true,"transform":{"type":"scalar"},"locs":[{"a":150,"b":157}]}],"statement":"select s.replay, s.shard, r.action, r.event_id is not null as \"ofEvent!\"\nfrom replay_shards s\n  join replays r on r.id = s.replay\nwhere s.shard = any(:shards!::integer[]) and s.finished_at is null\norder by r.created_at, s.replay, s.shard"};

/**
 * Query generated from SQL:
 * ```
 * select s.replay, s.shard, r.action, r.event_id is not null as "ofEvent!"
 * from replay_shards s
 *   join replays r on r.id = s.replay
 * where s.shard = any(:shards!::integer[]) and s.finished_at is null
 * order by r.created_at, s.replay, s.shard
 * ```
 */
export const findOpenReplays = new PreparedQuery<IFindOpenReplaysParams,IFindOpenReplaysResult>(findOpenReplaysIR);


