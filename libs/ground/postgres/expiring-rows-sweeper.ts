import type pg from 'pg';
import { Poll } from '#ground/polling/poll';
import { exclusively } from './advisory-lock.js';
import { deleteExpired, type ExpiringRows } from './expiring-rows.js';
import { databaseOf } from './pool.js';

/** Not urgent: an expired row only occupies disk space. */
const INTERVAL_MS = 60_000;

export interface ExpiringRowsSweeperOptions {
  /** With `plans: 'by-index'`. */
  readonly pool: pg.Pool;
  /** Name of the advisory lock that lets one process at a time sweep. */
  readonly lock: string;
  readonly tables: readonly ExpiringRows[];
  /** Runs at the end of each sweep, in every process. */
  readonly afterwards?: () => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/**
 * Deletes the expired rows of some tables in small batches until none is left, every minute. Never waits for a row lock.
 * One process at a time sweeps.
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
   * Deletes the expired rows and returns their number; 0 while another process sweeps.
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
