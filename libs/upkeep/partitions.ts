import { Injectable } from '@nestjs/common';
import { Poll } from '#ground/polling/poll';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { partitionFailures, partitionsAhead } from './partitions.metrics.js';
import { partitionsEnd } from './partitions-end.queries.js';
import { ensurePartitions } from './partitions-ensure.queries.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** After a failure. A week remains for the repair, and its success shows within a minute. */
const RETRY_MS = 60_000;

/**
 * Makes the partitions of the next week, at the start and then hourly. After a failure it retries each minute, and logs when
 * events will be refused. Existing partitions remain usable.
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
    partitionsAhead.observe(() => this.aheadSeconds ?? NaN);
  }

  /**
   * Resolves when the partitions exist, or at least today's: without those of next week a process can work until then.
   * @throws what Postgres throws, if today's partitions do not exist either
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

  /** Time until an event finds no partition; undefined before the first check. */
  get aheadSeconds(): number | undefined {
    return this.aheadMs === undefined ? undefined : this.aheadMs / 1_000;
  }

  /** The problem for health; undefined while partitions exist for at least a day. */
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
      `Partitions of the next days could not be made; retrying each minute. The existing ones end at ${this.end}: from then on events are refused with 503, and none is admitted. ` +
        'Possible causes: a role that may not create tables, a full disk, a table of that name that is not attached',
    );
  }
}
