import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { Poll } from '#polling/poll';
import { exclusively } from '#postgres/advisory-lock';
import { type Database, databaseOf } from '#postgres/pool';
import type { Logger } from '#telemetry/logger';
import { deleteExpiredKeys } from './delete-expired-keys.queries.js';
import { findExpiredKeys } from './find-expired-keys.queries.js';
import { expiredKeysDeleted, retentionFailures } from './retention.metrics.js';

const LOCK = 'lockstep.expired-keys';
/** 1,000 rows a statement: ingest waits some milliseconds at most for a key that is being deleted. */
const BATCH = 1_000;
/** Places a look: a look passes over what was deleted since the table was last vacuumed. */
const PLACES = 50_000;
/** 16,000 keys a second with what a batch takes: more than are accepted, and disk and log are left to ingest meanwhile. */
const PAUSE_MS = 50;
/** A key that is expired takes up room and does nothing else: when it goes doesn't matter. */
const INTERVAL_MS = 60_000;

/**
 * Deletes idempotency keys whose retention is over, in small batches, until there are none; then looks again each
 * minute. Never waits for ingest's locks, and one process at a time does it. Until then an expired key is as good as
 * gone: ingest claims it as if it were not there.
 */
export class ExpiredKeysSweeper {
  private readonly poll: Poll;

  /** @param pool its sessions look up by index (`joins: 'by-index'`) */
  constructor(
    private readonly pool: pg.Pool,
    logger: Logger,
  ) {
    this.poll = new Poll({
      onError: (err) => {
        retentionFailures.inc({ sweeper: 'keys' });
        logger.warn({ err }, 'Expired idempotency keys could not be deleted; trying again in a minute');
      },
      intervalMs: INTERVAL_MS,
      work: (signal) => this.sweep(signal),
    });
  }

  start(): void {
    this.poll.start();
  }

  async stop(): Promise<void> {
    await this.poll.stop();
  }

  /**
   * Deletes what is expired; returns how many keys that were, 0 also while another process does it.
   * @throws what Postgres throws, also when `signal` is aborted
   */
  async sweep(signal: AbortSignal): Promise<number> {
    return (await exclusively(this.pool, LOCK, signal, (client) => deleteAll(databaseOf(client), signal))) ?? 0;
  }
}

async function deleteAll(database: Database, signal: AbortSignal): Promise<number> {
  for (let total = 0; ; ) {
    const places = (await findExpiredKeys.run({ limit: PLACES }, database)).map(({ place }) => place);
    let deleted = 0;
    for (let at = 0; at < places.length; at += BATCH) {
      if (at > 0) await delay(PAUSE_MS, undefined, { signal });
      const [row] = await deleteExpiredKeys.run({ places: places.slice(at, at + BATCH) }, database);
      expiredKeysDeleted.inc(row?.deleted ?? 0);
      deleted += row?.deleted ?? 0;
    }
    total += deleted;
    // All there were; or all that are left are being claimed at this moment.
    if (places.length < PLACES || deleted === 0) return total;
  }
}
