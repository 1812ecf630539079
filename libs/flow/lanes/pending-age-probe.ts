import { Injectable } from '@nestjs/common';
import { mintedAtMs } from '#domain/ids';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { findOldestPending } from './find-oldest-pending.queries.js';
import { oldestPendingAge } from './lanes.metrics.js';
import { OpenShards } from './open-shards.js';

/** Answers are used again for this long. */
const FRESH_MS = 15_000;
/** And for this many times as long as the query took: it reads the index entry of every pending delivery. */
const IDLE_FACTOR = 20;

/** The source of the gauge of how old the oldest pending event of this process's shards is. */
@Injectable()
export class PendingAgeProbe {
  private nextLookAtMs = -Infinity;
  /** Null: nothing is pending. Undefined: not known. */
  private oldestEventId: string | null | undefined;

  constructor(
    @InjectDatabase('housekeeping') private readonly database: Database,
    private readonly shards: OpenShards,
    @InjectLogger() private readonly logger: Logger,
  ) {
    oldestPendingAge.observe(() => this.ageSeconds());
  }

  /** 0 when nothing is pending; undefined when Postgres does not answer, or did not at the last look. */
  private async ageSeconds(): Promise<number | undefined> {
    await this.look();
    const { oldestEventId } = this;
    if (oldestEventId === undefined) return undefined;
    return oldestEventId === null ? 0 : Math.max(0, Date.now() - mintedAtMs(oldestEventId)) / 1_000;
  }

  private async look(): Promise<void> {
    const startedAtMs = performance.now();
    if (startedAtMs < this.nextLookAtMs) return;
    try {
      const [row] = await findOldestPending.run({ shards: this.shards.shards() }, this.database);
      this.oldestEventId = row?.eventId ?? null;
    } catch (error) {
      this.oldestEventId = undefined;
      this.logger.debug({ err: error }, 'The oldest pending event cannot be looked up');
    } finally {
      const endedAtMs = performance.now();
      this.nextLookAtMs = Math.max(startedAtMs + FRESH_MS, endedAtMs + IDLE_FACTOR * (endedAtMs - startedAtMs));
    }
  }
}
