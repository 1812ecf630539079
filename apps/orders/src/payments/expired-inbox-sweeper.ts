import type pg from 'pg';
import { Poll } from '#polling/poll';
import { exclusively } from '#postgres/advisory-lock';
import { deleteExpired } from '#postgres/expiring-rows';
import { databaseOf } from '#postgres/pool';
import type { Logger } from '#telemetry/logger';
import { deleteExpiredInbox } from './delete-expired-inbox.queries.js';
import { findExpiredInbox } from './find-expired-inbox.queries.js';

const LOCK = 'lockstep.payments-inbox';
const INTERVAL_MS = 60_000;
const ROWS = { find: findExpiredInbox, delete: deleteExpiredInbox, onDeleted: () => undefined };

/** Deletes inbox rows that Kafka can't bring again any more, in small batches, each minute, one process at a time. */
export class ExpiredInboxSweeper {
  private readonly poll: Poll;

  /** @param pool its sessions look up by index (`joins: 'by-index'`) */
  constructor(
    private readonly pool: pg.Pool,
    logger: Logger,
  ) {
    this.poll = new Poll({
      work: (signal) => this.sweep(signal),
      intervalMs: INTERVAL_MS,
      onError: (err) => logger.warn({ err }, 'Expired inbox rows could not be deleted; trying again in a minute'),
    });
  }

  start(): void {
    this.poll.start();
  }

  async stop(): Promise<void> {
    await this.poll.stop();
  }

  /** Returns how many rows were deleted; 0 also while another process does it. */
  async sweep(signal: AbortSignal): Promise<number> {
    return (await exclusively(this.pool, LOCK, signal, (client) => deleteExpired(ROWS, databaseOf(client), signal))) ?? 0;
  }
}
