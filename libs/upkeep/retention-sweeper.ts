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
/** A day is added once in 24 of them. */
const INTERVAL_MS = 3_600_000;
/** A reader was in the way, or Postgres. Until then a retired day takes up room, and a frozen one refuses replays. */
const RETRY_MS = 60_000;

/**
 * Drops the days whose LOCKSTEP_RETENTION is over, and keeps their numbers (migration 0003). Never a day of which
 * anything is open. Looks hourly; one process at a time does it.
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
   * Brings to an end what a former run left half done, then retires each day that is overdue.
   * @throws what Postgres throws: a lock that it did not get in time, or `signal` was aborted. The next run goes on
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
      this.logger.info({ day: day.day, events, deliveries }, 'A day whose retention is over was dropped');
    }
  }

  private async finish(retirement: DayRetirement, day: string): Promise<void> {
    await retirement.drop(day);
    daysRetired.inc();
    this.logger.info({ day }, 'What was left of a retired day was dropped');
  }

  private reportHeld(day: string, reason: string): void {
    if (reason === 'unbalanced') this.logger.error({ day }, 'A day whose retention is over is kept, because its books do not add up: `npm run verify` says what is wrong');
    else this.logger.info({ day, reason }, 'A day whose retention is over is kept, because something of it is open');
  }

  private failed(err: unknown): void {
    retentionFailures.inc({ sweeper: 'days' });
    // Whoever reads for long is not at fault, nor are we.
    if (isLockTimeout(err)) this.logger.info({ err }, 'A reader holds up the dropping of old partitions; trying again in a minute');
    else this.logger.warn({ err }, 'Old partitions could not be dropped; trying again in a minute');
  }
}
