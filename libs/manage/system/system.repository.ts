import { Injectable } from '@nestjs/common';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { partitionsEnd } from '#upkeep/partitions-end.queries';
import { type IReadProcessesResult, readProcesses } from './read-processes.queries.js';
import { type IReadShardStatesResult, readShardStates } from './read-shard-states.queries.js';

export type ProcessRow = IReadProcessesResult;
export type ShardStateRow = IReadShardStatesResult;

/** Of each shard's outbox: counting them takes some 2 ms. */
const MOST_COUNTED = 10_000;

@Injectable()
export class SystemRepository {
  constructor(@InjectDatabase('api') private readonly database: Database) {}

  processes(): Promise<ProcessRow[]> {
    return readProcesses.run(undefined, this.database);
  }

  shards(): Promise<ShardStateRow[]> {
    return readShardStates.run({ mostCounted: MOST_COUNTED }, this.database);
  }

  /** Since when partitions are missing, if they are within the next days. */
  async partitionsEnd(): Promise<Date | undefined> {
    return (await partitionsEnd.run(undefined, this.database))[0]?.end;
  }
}
