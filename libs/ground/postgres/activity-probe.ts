import { Injectable } from '@nestjs/common';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { databaseBytes, lockWaits, longestTransactionSeconds } from './activity.metrics.js';
import { InjectDatabase } from './inject-postgres.js';
import type { Database } from './pool.js';
import { type IReadActivityResult, readActivity } from './read-activity.queries.js';

/** Answers are used again for this long: the size of a database with many partitions takes some 10 ms. */
const FRESH_MS = 15_000;

/** The source of the gauges of what goes on in the database. All gateways report the same. */
@Injectable()
export class ActivityProbe {
  private latest: Promise<IReadActivityResult | undefined> = Promise.resolve(undefined);
  private readAtMs = -Infinity;

  constructor(
    @InjectDatabase('housekeeping') private readonly database: Database,
    @InjectLogger() private readonly logger: Logger,
  ) {
    lockWaits.observe(async () => (await this.look())?.lockWaits);
    longestTransactionSeconds.observe(async () => (await this.look())?.longestTransactionSeconds);
    databaseBytes.observe(async () => (await this.look())?.databaseBytes);
  }

  /** Undefined if Postgres does not answer, which health reports: the gauges keep their last value. */
  private look(): Promise<IReadActivityResult | undefined> {
    const nowMs = performance.now();
    if (nowMs - this.readAtMs >= FRESH_MS) {
      this.readAtMs = nowMs;
      this.latest = this.read();
    }
    return this.latest;
  }

  private async read(): Promise<IReadActivityResult | undefined> {
    try {
      const [row] = await readActivity.run(undefined, this.database);
      return row;
    } catch (err) {
      this.logger.debug({ err }, 'What goes on in the database cannot be read');
      return undefined;
    }
  }
}
