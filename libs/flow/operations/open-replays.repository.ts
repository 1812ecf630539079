import { Injectable } from '@nestjs/common';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { applyReplay } from './apply-replay.queries.js';
import { findOpenReplays, type IFindOpenReplaysResult } from './find-open-replays.queries.js';

export type OpenReplay = IFindOpenReplaysResult;

export interface AppliedBatch {
  /** Whether the shard is still ours; nothing was done otherwise. */
  readonly held: boolean;
  /** Whether the replay has nothing left to do on this shard. */
  readonly finished: boolean;
  /** Lanes whose deliveries have changed. */
  readonly lanes: readonly number[];
  /** Deliveries without a lane that are pending again. */
  readonly unordered: number;
  readonly discarded: number;
}

/** 5,000 looked at take about 20 ms; 500 changed, as in every statement under the fence. */
const BATCH = { scanned: 5_000, changed: 500 } as const;

/** Replays of dead letters, for the shards' owners. */
@Injectable()
export class OpenReplaysRepository {
  constructor(@InjectDatabase('operations') private readonly database: Database) {}

  /** The oldest first. */
  find(shards: readonly number[]): Promise<OpenReplay[]> {
    return findOpenReplays.run({ shards: [...shards] }, this.database);
  }

  async apply({ replay, shard }: OpenReplay, epoch: number): Promise<AppliedBatch> {
    const [row] = await applyReplay.run({ replay, shard, epoch, ...BATCH }, this.database);
    if (row === undefined) throw new Error(`The replay ${replay} gave no answer for shard ${shard}`);
    return { held: row.held === true, finished: row.finished === true, lanes: row.lanes ?? [], unordered: row.unordered ?? 0, discarded: row.discarded ?? 0 };
  }
}
