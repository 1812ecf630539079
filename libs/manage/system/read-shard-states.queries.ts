import { PreparedQuery } from '#ground/postgres/prepared-query';
export type IReadShardStatesParams = { mostCounted: number };
export type IReadShardStatesResult = { shard: number; epoch: number; owner: string | null; expiresAt: Date; isOwned: boolean; relay: string | null; nextOffset: number; caughtUpAt: Date; events: number; oldestEventAt: Date | null; records: number; oldestRecordAt: Date | null };
export const readShardStates = new PreparedQuery<IReadShardStatesParams, IReadShardStatesResult>({} as any);
