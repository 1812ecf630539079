import { Injectable } from '@nestjs/common';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { discardDeadLetters } from './discard-dead-letters.queries.js';
import { findOpenReplays, type IFindOpenReplaysResult } from './find-open-replays.queries.js';
import { replayDeadLetters } from './replay-dead-letters.queries.js';
import { replayEvent } from './replay-event.queries.js';

/** A replay or a discard that an operator has asked for, on one shard. */
export type OpenReplay = IFindOpenReplaysResult;

export interface AppliedBatch {
  /** Whether the shard is still ours; nothing was done otherwise. */
  readonly held: boolean;
  /** Whether nothing is left to do on this shard. */
  readonly finished: boolean;
  /** Lanes that are to be reloaded. */
  readonly lanes: readonly number[];
  /** Deliveries without a lane that are pending again. */
  readonly unordered: number;
  readonly discarded: number;
}

/** 5,000 looked at take about 20 ms; 500 changed, as in every statement under the fence. */
const BATCH = { scanned: 5_000, changed: 500 } as const;

/** Replays and discards of dead letters, for the shards' owners. */
@Injectable()
export class OpenReplaysRepository {
  constructor(@InjectDatabase('operations') private readonly database: Database) {}

  /** The oldest first. */
  find(shards: readonly number[]): Promise<OpenReplay[]> {
    return findOpenReplays.run({ shards: [...shards] }, this.database);
  }

  /** Applies the next batch. */
  apply({ replay, shard, action, ofEvent }: OpenReplay, epoch: number): Promise<AppliedBatch> {
    const job = { replay, shard, epoch };
    if (ofEvent) return this.replayEvent(job);
    return action === 'replay' ? this.replayDeadLetters(job) : this.discardDeadLetters(job);
  }

  private async replayDeadLetters(job: Job): Promise<AppliedBatch> {
    const [row] = await replayDeadLetters.run({ ...job, ...BATCH }, this.database);
    return { held: row?.held === true, finished: row?.finished === true, lanes: row?.lanes ?? [], unordered: row?.unordered ?? 0, discarded: 0 };
  }

  private async discardDeadLetters(job: Job): Promise<AppliedBatch> {
    const [row] = await discardDeadLetters.run({ ...job, ...BATCH }, this.database);
    return { held: row?.held === true, finished: row?.finished === true, lanes: row?.lanes ?? [], unordered: 0, discarded: row?.discarded ?? 0 };
  }

  private async replayEvent(job: Job): Promise<AppliedBatch> {
    const [row] = await replayEvent.run(job, this.database);
    return { held: row?.held === true, finished: true, lanes: row?.lanes ?? [], unordered: row?.unordered ?? 0, discarded: 0 };
  }
}

interface Job {
  readonly replay: string;
  readonly shard: number;
  readonly epoch: number;
}
