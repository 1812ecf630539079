/** Types generated for queries found in "libs/flow/operations/find-open-replays.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

export type replay_action = 'discard' | 'replay';

export type NumberOrString = number | string;

export type numberArray = (number)[];

/** 'FindOpenReplays' parameters type */
export interface IFindOpenReplaysParams {
  lastShard: number;
  lastTenant: string;
  limit: NumberOrString;
  perTenant: number;
  shards: numberArray;
}

/** 'FindOpenReplays' return type */
export interface IFindOpenReplaysResult {
  action: replay_action;
  delivered: boolean;
  firstId: string;
  ofEvent: boolean;
  replay: string;
  shard: number;
  tenant: string;
}

/** 'FindOpenReplays' query type */
export interface IFindOpenReplaysQuery {
  params: IFindOpenReplaysParams;
  result: IFindOpenReplaysResult;
}

const findOpenReplaysIR: any = {"usedParamSet":{"shards":true,"perTenant":true,"lastTenant":true,"lastShard":true,"limit":true},"params":[{"name":"shards","required":true,"transform":{"type":"scalar"},"locs":[{"a":348,"b":355}]},{"name":"perTenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":449,"b":459}]},{"name":"lastTenant","required":true,"transform":{"type":"scalar"},"locs":[{"a":511,"b":522}]},{"name":"lastShard","required":true,"transform":{"type":"scalar"},"locs":[{"a":531,"b":541}]},{"name":"limit","required":true,"transform":{"type":"scalar"},"locs":[{"a":578,"b":584}]}],"statement":"select\n  o.replay, o.shard, o.tenant, r.action, r.event_id is not null as \"ofEvent!\", r.delivered,\n  coalesce(catch_up_floor(r.accepted_from), '00000000-0000-0000-0000-000000000000') as \"firstId!\"\nfrom (\n  select replay, shard, tenant, row_number() over (partition by tenant, shard order by replay) as turn\n  from replay_shards\n  where shard = any(:shards!::integer[]) and finished_at is null\n) o\n  join replays r on r.id = o.replay\nwhere o.turn <= :perTenant!::integer\norder by o.turn, (o.tenant, o.shard) <= (:lastTenant!::text, :lastShard!::integer), o.tenant, o.shard\nlimit :limit!"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   o.replay, o.shard, o.tenant, r.action, r.event_id is not null as "ofEvent!", r.delivered,
 *   coalesce(catch_up_floor(r.accepted_from), '00000000-0000-0000-0000-000000000000') as "firstId!"
 * from (
 *   select replay, shard, tenant, row_number() over (partition by tenant, shard order by replay) as turn
 *   from replay_shards
 *   where shard = any(:shards!::integer[]) and finished_at is null
 * ) o
 *   join replays r on r.id = o.replay
 * where o.turn <= :perTenant!::integer
 * order by o.turn, (o.tenant, o.shard) <= (:lastTenant!::text, :lastShard!::integer), o.tenant, o.shard
 * limit :limit!
 * ```
 */
export const findOpenReplays = new PreparedQuery<IFindOpenReplaysParams,IFindOpenReplaysResult>(findOpenReplaysIR);


