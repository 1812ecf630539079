import { ensurePartitions } from './partitions-ensure.queries.js';
import type { Database } from './pool.js';

const HOUR_MS = 3_600_000;

/**
 * Keeps a week of day partitions ahead: at start, then hourly. An hour that fails is tried again in the next; 150 of
 * them have to fail before an event finds no partition.
 */
export class PartitionKeeper {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Resolves when the partitions are there. @throws what the database says */
  async start(): Promise<void> {
    await this.ensure();
    this.timer = setInterval(() => void this.ensure().catch(this.onError), HOUR_MS);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async ensure(): Promise<void> {
    await ensurePartitions.run(undefined, this.database);
  }
}
