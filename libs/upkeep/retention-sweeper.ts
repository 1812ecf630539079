import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import type { Config } from '#ground/config/config';
import { Poll } from '#ground/polling/poll';
import { exclusively } from '#ground/postgres/advisory-lock';
import { InjectPool } from '#ground/postgres/inject-postgres';
import { isLockTimeout } from '#ground/postgres/sql-errors';
import { InjectConfig, InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { DayRetirement } from './day-retirement.js';
import { daysOverdue, daysRetired, retentionFailures } from './retention.metrics.js';
import { type Day, RetentionRepository } from './retention.repository.js';

const LOCK = 'lockstep.retention';
/** A day becomes overdue once in 24 sweeps. */
const INTERVAL_MS = 3_600_000;
/** After a failure. Until then a retired day occupies disk space, and a frozen day refuses replays. */
const RETRY_MS = 60_000;

/**
 * Drops days after LOCKSTEP_RETENTION, and keeps their counts (migration 0003). Keeps a day with open work. Sweeps hourly,
 * in one process at a time.
 */
@Injectable()
export class RetentionSweeper {
  private readonly poll: Poll;

  constructor(
    @InjectPool('retention') private readonly pool: pg.Pool,
    @InjectConfig() private readonly config: Pick<Config, 'retentionMs'>,
    @InjectLogger() private readonly logger: Logger,
  ) {
    this.poll = new Poll({
      retryMs: RETRY_MS,
      onError: (error) => this.failed(error),
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
   * Completes an interrupted retirement, then retires each overdue day.
   * @throws what Postgres throws, such as a lock timeout or an abort by `signal`. The next run continues
   */
  async sweep(signal: AbortSignal): Promise<void> {
    await exclusively(this.pool, LOCK, signal, async (client) => {
      const repository = await RetentionRepository.on(client);
      const retirement = new DayRetirement(repository);
      const open = await repository.openDay();
      if (open !== undefined) await this.finish(retirement, open);
      const days = await repository.days(this.config.retentionMs);
      for (const day of days.filter(({ overdue }) => !overdue)) await retirement.thaw(day);
      await this.retireAll(retirement, days.filter(({ overdue }) => overdue));
    });
  }

  private async retireAll(retirement: DayRetirement, days: readonly Day[]): Promise<void> {
    let overdue = days.length;
    daysOverdue.set(overdue);
    for (const day of days) {
      const result = await retirement.retire(day);
      if (result.kind === 'held') {
        this.reportHeld(day.day, result.reason);
        continue;
      }
      const { events, deliveries } = result;
      daysOverdue.set(--overdue);
      daysRetired.inc();
      this.logger.info({ day: day.day, events, deliveries }, 'Dropped a day after its retention');
    }
  }

  private async finish(retirement: DayRetirement, day: string): Promise<void> {
    await retirement.drop(day);
    daysRetired.inc();
    this.logger.info({ day }, 'Dropped the rest of a retired day');
  }

  private reportHeld(day: string, reason: string): void {
    if (reason === 'unbalanced') this.logger.error({ day }, 'An overdue day is kept, because its ledger is not balanced: `npm run verify` shows why');
    else this.logger.info({ day, reason }, 'An overdue day is kept, because some of its work is open');
  }

  private failed(err: unknown): void {
    retentionFailures.inc({ sweeper: 'days' });
    // A long read is not an error.
    if (isLockTimeout(err)) this.logger.info({ err }, 'A reader delays the drop of old partitions; retrying in a minute');
    else this.logger.warn({ err }, 'Old partitions could not be dropped; retrying in a minute');
  }
}
