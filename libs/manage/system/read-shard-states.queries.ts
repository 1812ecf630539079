/** Types generated for queries found in "libs/manage/system/read-shard-states.sql" */
import { PreparedQuery } from '#ground/postgres/prepared-query';

/** 'ReadShardStates' parameters type */
export interface IReadShardStatesParams {
  mostCounted: number;
}

/** 'ReadShardStates' return type */
export interface IReadShardStatesResult {
  caughtUpAt: Date;
  epoch: number;
  events: number;
  expiresAt: Date;
  isOwned: boolean;
  nextOffset: number;
  oldestEventAt: Date | null;
  oldestRecordAt: Date | null;
  owner: string | null;
  records: number;
  relay: string | null;
  shard: number;
}

/** 'ReadShardStates' query type */
export interface IReadShardStatesQuery {
  params: IReadShardStatesParams;
  result: IReadShardStatesResult;
}

const readShardStatesIR: any = {"usedParamSet":{"mostCounted":true},"params":[{"name":"mostCounted","required":true,"transform":{"type":"scalar"},"locs":[{"a":339,"b":351},{"a":674,"b":686}]}],"statement":"select\n  l.shard, l.epoch, l.owner, l.expires_at as \"expiresAt\", l.owner is not null and l.expires_at > clock_timestamp() as \"isOwned!\",\n  case when r.expires_at > now() then r.relay end as \"relay?\", c.next_offset as \"nextOffset\", c.caught_up_at as \"caughtUpAt\",\n  (select count(*) from (select from outbox o where o.shard = l.shard limit :mostCounted!::integer) x)::integer as \"events!\",\n  (\n    select e.accepted_at\n    from (select event_id from outbox o where o.shard = l.shard order by o.accept_seq limit 1) first\n      join events e on e.id = first.event_id\n  ) as \"oldestEventAt?\",\n  (select count(*) from (select from dispatch_outbox d where d.shard = l.shard limit :mostCounted!::integer) x)::integer as \"records!\",\n  (select d.created_at from dispatch_outbox d where d.shard = l.shard order by d.id limit 1) as \"oldestRecordAt?\"\nfrom shard_leases l\n  join shard_cursors c on c.shard = l.shard\n  left join relay_leases r on r.shard = l.shard\norder by l.shard"};

/**
 * Query generated from SQL:
 * ```
 * select
 *   l.shard, l.epoch, l.owner, l.expires_at as "expiresAt", l.owner is not null and l.expires_at > clock_timestamp() as "isOwned!",
 *   case when r.expires_at > now() then r.relay end as "relay?", c.next_offset as "nextOffset", c.caught_up_at as "caughtUpAt",
 *   (select count(*) from (select from outbox o where o.shard = l.shard limit :mostCounted!::integer) x)::integer as "events!",
 *   (
 *     select e.accepted_at
 *     from (select event_id from outbox o where o.shard = l.shard order by o.accept_seq limit 1) first
 *       join events e on e.id = first.event_id
 *   ) as "oldestEventAt?",
 *   (select count(*) from (select from dispatch_outbox d where d.shard = l.shard limit :mostCounted!::integer) x)::integer as "records!",
 *   (select d.created_at from dispatch_outbox d where d.shard = l.shard order by d.id limit 1) as "oldestRecordAt?"
 * from shard_leases l
 *   join shard_cursors c on c.shard = l.shard
 *   left join relay_leases r on r.shard = l.shard
 * order by l.shard
 * ```
 */
export const readShardStates = new PreparedQuery<IReadShardStatesParams,IReadShardStatesResult>(readShardStatesIR);


