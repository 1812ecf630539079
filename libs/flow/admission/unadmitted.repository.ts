import { Injectable } from '@nestjs/common';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { StatementSize } from '#ground/postgres/statement-size';
import { beginRepair } from './begin-repair.queries.js';
import { findUnadmitted } from './find-unadmitted.queries.js';
import { moveSweep } from './move-sweep.queries.js';
import { noteCaughtUp } from './note-caught-up.queries.js';
import { readSweep } from './read-sweep.queries.js';

/**
 * At least twice the gateway's transaction timeout (5 s), see read-sweep.sql. The rest is for a database clock that is
 * stepped, and for events that are still on their way.
 */
const BOUND_MS = 30_000;

/** A shard whose statements are to pass the fence. */
export interface FencedShard {
  readonly shard: number;
  readonly epoch: number;
}

/** What a repair looks at: events above `after` that were accepted before `before`. */
export interface RepairRange {
  readonly shard: number;
  readonly after: number;
  /** By the database's clock, to the microsecond. */
  readonly before: string;
}

/** A part of a repair's range. */
export interface Look {
  readonly events: readonly StoredEvent[];
  /** Whether there may be more behind them. */
  readonly more: boolean;
}

export interface StoredEvent {
  readonly id: string;
  readonly acceptSeq: number;
  /** Accepted in the range's time, and not admitted. */
  readonly missing: boolean;
}

/** A part of the sweep over a shard's events. */
export interface Sweep {
  /** Events that are neither admitted nor in the outbox, in the order of acceptance: in Kafka, or lost. */
  readonly missing: readonly string[];
  /** How far the sweep has come once it is known which, and the lost ones are admitted. */
  readonly sweptSeq: number;
  /** Whether there is more to sweep at once. */
  readonly more: boolean;
}

/** Looks for accepted events that were not admitted. Its sessions look up by index only. */
@Injectable()
export class UnadmittedRepository {
  private readonly lookSize = new StatementSize();
  private readonly sweepSize = new StatementSize();

  constructor(@InjectDatabase('unadmitted') private readonly database: Database) {}

  async beginRepair(shard: number): Promise<RepairRange> {
    const [row] = await beginRepair.run({ shard }, this.database);
    if (row === undefined) throw new Error(`Shard ${shard} has no cursor`);
    return { shard, ...row };
  }

  /** The shard's next events in accept order, missing or not: up to `most`, fewer after a look that exceeded its time. */
  async look({ shard, after, before }: RepairRange, most: number): Promise<Look> {
    const limit = this.lookSize.of(most);
    const events = await this.lookSize.run(limit, () => findUnadmitted.run({ shard, after, before, limit }, this.database), (rows) => rows.length);
    return { events, more: events.length === limit };
  }

  /**
   * Looks at up to `most` events, fewer after a sweep that exceeded its time.
   * @param boundMs how old what is swept is at least
   * @returns undefined when there is nothing new to sweep
   */
  async sweep(shard: number, most: number, boundMs = BOUND_MS): Promise<Sweep | undefined> {
    const limit = this.sweepSize.of(most);
    const [row] = await this.sweepSize.run(limit, () => readSweep.run({ shard, limit, boundMs }, this.database), ([swept]) => (swept?.more === true ? limit : 0));
    return row?.sweptSeq === undefined || row.sweptSeq === null ? undefined : { missing: row.missing, sweptSeq: row.sweptSeq, more: row.more };
  }

  async moveSweep({ shard, epoch }: FencedShard, sweptSeq: number): Promise<void> {
    await moveSweep.run({ shard, epoch, sweptSeq }, this.database);
  }

  /** The shards had nothing left to read `agoMs` milliseconds ago. */
  async noteCaughtUp(shards: readonly FencedShard[], agoMs: number): Promise<void> {
    await noteCaughtUp.run({ shards: shards.map(({ shard }) => shard), epochs: shards.map(({ epoch }) => epoch), agoMs }, this.database);
  }
}
