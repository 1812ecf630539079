import { Injectable } from '@nestjs/common';
import { Poll } from '#ground/polling/poll';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { observePartitions, partitionFailures } from './partitions.metrics.js';
import { partitionsEnd } from './partitions-end.queries.js';
import { ensurePartitions } from './partitions-ensure.queries.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** After a failure: there is a week to repair what is wrong, and a minute later everybody sees that it was. */
const RETRY_MS = 60_000;

/**
 * Keeps a week of day partitions ahead: at start, then hourly. While that fails it says so each minute, and what will
 * come of it when; days that are there already are used meanwhile.
 */
@Injectable()
export class PartitionKeeper {
  private readonly poll: Poll;
  private endMs: number | undefined;

  constructor(
    @InjectDatabase('housekeeping') private readonly database: Database,
    @InjectLogger() private readonly logger: Logger,
  ) {
    this.poll = new Poll({
      retryMs: RETRY_MS,
      onError: (error) => this.failed(error),
      intervalMs: HOUR_MS,
      work: () => this.ensure(),
    });
    observePartitions(() => this.aheadSeconds);
  }

  /**
   * Resolves when the partitions are there, or at least today's: a process that can't make those of next week can
   * accept and deliver until then.
   * @throws what the database says when today's are not there either
   */
  async start(): Promise<void> {
    let firstInMs = HOUR_MS;
    try {
      await this.ensure();
    } catch (error) {
      await this.look();
      if (this.aheadMs === undefined || this.aheadMs <= 0) throw error;
      this.failed(error);
      firstInMs = RETRY_MS;
    }
    this.poll.start(firstInMs);
  }

  async stop(): Promise<void> {
    await this.poll.stop();
  }

  /** Until an event would find no partition; undefined before the first look. */
  get aheadSeconds(): number | undefined {
    return this.aheadMs === undefined ? undefined : this.aheadMs / 1_000;
  }

  /** What health says of it: undefined while there is at least a day left. */
  get problem(): string | undefined {
    return this.aheadMs !== undefined && this.aheadMs < DAY_MS ? `the partitions end at ${this.end}: events are refused from then on` : undefined;
  }

  private get aheadMs(): number | undefined {
    return this.endMs === undefined ? undefined : this.endMs - Date.now();
  }

  private get end(): string {
    return this.endMs === undefined ? 'an unknown time' : new Date(this.endMs).toISOString();
  }

  private async ensure(): Promise<void> {
    await ensurePartitions.run(undefined, this.database);
    await this.look();
  }

  private async look(): Promise<void> {
    const [row] = await partitionsEnd.run(undefined, this.database);
    this.endMs = row?.end.getTime();
  }

  private failed(err: unknown): void {
    partitionFailures.inc();
    this.logger.error(
      { err, partitionsEnd: this.end },
      `The partitions of the coming days could not be made. Those that are there end at ${this.end}: from then on events are refused with 503, and nothing is admitted. ` +
        'It is tried again each minute. The error says what is in the way: a role that may not create tables, a full disk, a table of that name that is not attached',
    );
  }
}
