import { Injectable } from '@nestjs/common';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { StatementSize } from '#ground/postgres/statement-size';
import { discardDeadLetters } from './discard-dead-letters.queries.js';
import { findOpenReplays, type IFindOpenReplaysResult } from './find-open-replays.queries.js';
import { replayDeadLetters } from './replay-dead-letters.queries.js';
import { replayPastEvents } from './replay-past-events.queries.js';
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
  /** Of each delivery that was discarded, its endpoint. */
  readonly discarded: readonly number[];
}

/** 5,000 looked at take about 20 ms; 500 changed, as in every statement under the fence. */
const SCANNED = 5_000;
const CHANGED = 500;
/** Replays that one round applies a batch of: some 5 s, after which the next ones have their turn. */
export const REPLAYS_PER_ROUND = 100;
/** Of one tenant on one shard. */
const REPLAYS_PER_TENANT = 8;

/** Replays and discards of dead letters, for the shards' owners. */
@Injectable()
export class OpenReplaysRepository {
  constructor(@InjectDatabase('operations') private readonly database: Database) {}

  /**
   * Replays that are open on these shards, as many as a round has: the oldest of each tenant and shard, then the second
   * ones, and so on.
   * @param last the last one of the round before: tenants and shards behind it come first
   */
  find(shards: readonly number[], last?: Pick<OpenReplay, 'tenant' | 'shard'>): Promise<OpenReplay[]> {
    const place = { lastTenant: last?.tenant ?? '', lastShard: last?.shard ?? -1 };
    return findOpenReplays.run({ shards: [...shards], ...place, perTenant: REPLAYS_PER_TENANT, limit: REPLAYS_PER_ROUND }, this.database);
  }

  /** Applies the next batch, as much as the size allows; of an event all that there is. */
  apply({ replay, shard, action, ofEvent, delivered, firstId }: Omit<OpenReplay, 'tenant'>, epoch: number, size = new StatementSize()): Promise<AppliedBatch> {
    const job = { replay, shard, epoch };
    if (ofEvent) return size.run(1, () => this.replayEvent(job), () => 0);
    const batch = { ...job, scanned: size.of(SCANNED), changed: size.of(CHANGED) };
    const run = (): Promise<AppliedBatch> => {
      if (delivered) return this.replayPastEvents({ ...batch, firstId });
      return action === 'replay' ? this.replayDeadLetters(batch) : this.discardDeadLetters(batch);
    };
    return size.run(batch.scanned, run, ({ finished }) => (finished ? 0 : batch.scanned));
  }

  private async replayDeadLetters(batch: Batch): Promise<AppliedBatch> {
    const [row] = await replayDeadLetters.run(batch, this.database);
    return { held: row?.held === true, finished: row?.finished === true, lanes: row?.lanes ?? [], unordered: row?.unordered ?? 0, discarded: [] };
  }

  private async replayPastEvents(batch: Batch & { readonly firstId: string }): Promise<AppliedBatch> {
    const [row] = await replayPastEvents.run(batch, this.database);
    return { held: row?.held === true, finished: row?.finished === true, lanes: row?.lanes ?? [], unordered: row?.unordered ?? 0, discarded: [] };
  }

  private async discardDeadLetters(batch: Batch): Promise<AppliedBatch> {
    const [row] = await discardDeadLetters.run(batch, this.database);
    return { held: row?.held === true, finished: row?.finished === true, lanes: row?.lanes ?? [], unordered: 0, discarded: row?.discarded ?? [] };
  }

  private async replayEvent(job: Job): Promise<AppliedBatch> {
    const [row] = await replayEvent.run(job, this.database);
    return { held: row?.held === true, finished: true, lanes: row?.lanes ?? [], unordered: row?.unordered ?? 0, discarded: [] };
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
