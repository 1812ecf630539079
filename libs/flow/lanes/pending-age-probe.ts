import { mintedAtMs } from '#domain/ids';
import type { Database } from '#ground/postgres/pool';
import { findOldestPending } from './find-oldest-pending.queries.js';

/** Answers are used again for this long: the query reads the index entry of every pending delivery. */
const FRESH_MS = 15_000;

/** How old the oldest pending event of the given shards is. */
export class PendingAgeProbe {
  private lookedAtMs = -Infinity;
  private oldestEventId: string | null = null;

  constructor(
    private readonly database: Database,
    private readonly shards: () => number[],
  ) {}

  /** In seconds; 0 when nothing is pending. The last answer while Postgres is away. */
  async ageSeconds(): Promise<number> {
    if (performance.now() - this.lookedAtMs > FRESH_MS) {
      this.lookedAtMs = performance.now();
      const [row] = await findOldestPending.run({ shards: this.shards() }, this.database);
      this.oldestEventId = row?.eventId ?? null;
    }
    return this.oldestEventId === null ? 0 : Math.max(0, Date.now() - mintedAtMs(this.oldestEventId)) / 1_000;
  }
}
