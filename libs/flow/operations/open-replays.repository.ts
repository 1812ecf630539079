import { Injectable } from '@nestjs/common';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { StatementSize } from '#ground/postgres/statement-size';
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
const SCANNED = 5_000;
const CHANGED = 500;

/** Replays and discards of dead letters, for the shards' owners. */
@Injectable()
export class OpenReplaysRepository {
  private readonly size = new StatementSize();

  constructor(@InjectDatabase('operations') private readonly database: Database) {}

  /** The oldest first. */
  find(shards: readonly number[]): Promise<OpenReplay[]> {
    return findOpenReplays.run({ shards: [...shards] }, this.database);
  }

  /** Applies the next batch; a smaller one after one that exceeded its time. */
  apply({ replay, shard, action, ofEvent }: OpenReplay, epoch: number): Promise<AppliedBatch> {
    const job = { replay, shard, epoch };
    if (ofEvent) return this.replayEvent(job);
    const batch = { ...job, scanned: this.size.of(SCANNED), changed: this.size.of(CHANGED) };
    const run = (): Promise<AppliedBatch> => (action === 'replay' ? this.replayDeadLetters(batch) : this.discardDeadLetters(batch));
    return this.size.run(batch.scanned, run, ({ finished }) => (finished ? 0 : batch.scanned));
  }

  private async replayDeadLetters(batch: Batch): Promise<AppliedBatch> {
    const [row] = await replayDeadLetters.run(batch, this.database);
    return { held: row?.held === true, finished: row?.finished === true, lanes: row?.lanes ?? [], unordered: row?.unordered ?? 0, discarded: 0 };
  }

  private async discardDeadLetters(batch: Batch): Promise<AppliedBatch> {
    const [row] = await discardDeadLetters.run(batch, this.database);
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

interface Batch extends Job {
  readonly scanned: number;
  readonly changed: number;
}
