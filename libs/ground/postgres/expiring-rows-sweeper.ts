import type pg from 'pg';
import { Poll } from '#ground/polling/poll';
import { exclusively } from './advisory-lock.js';
import { deleteExpired, type ExpiringRows } from './expiring-rows.js';
import { databaseOf } from './pool.js';

/** An expired row takes up room and does nothing else: when it goes doesn't matter. */
const INTERVAL_MS = 60_000;

export interface ExpiringRowsSweeperOptions {
  /** Its sessions look up by index (`plans: 'by-index'`). */
  readonly pool: pg.Pool;
  /** The name under which one process at a time sweeps. */
  readonly lock: string;
  readonly tables: readonly ExpiringRows[];
  /** What else each round does at its end, in every process. */
  readonly afterwards?: () => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/**
 * Deletes the expired rows of some tables, in small batches, until there are none; then looks again each minute. Never
 * waits for anybody's lock, and one process at a time does it.
 */
export class ExpiringRowsSweeper {
  private readonly poll: Poll;

  constructor(private readonly options: ExpiringRowsSweeperOptions) {
    this.poll = new Poll({ onError: options.onError, intervalMs: INTERVAL_MS, work: (signal) => this.sweep(signal) });
  }

  start(): void {
    this.poll.start();
  }

  async stop(): Promise<void> {
    await this.poll.stop();
  }

  /**
   * Deletes what is expired; returns how many rows that were, 0 also while another process does it.
   * @throws what Postgres throws, also when `signal` is aborted
   */
  async sweep(signal: AbortSignal): Promise<number> {
    const { pool, lock, tables, afterwards } = this.options;
    const deleted = await exclusively(pool, lock, signal, async (client) => {
      let total = 0;
      for (const table of tables) total += await deleteExpired(table, databaseOf(client), signal);
      return total;
    });
    await afterwards?.();
    return deleted ?? 0;
  }
}
