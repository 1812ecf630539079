import type { Database } from '#postgres/pool';
import { outboxDepth } from './outbox-depth.queries.js';

export interface OutboxState {
  readonly depth: number;
  readonly oldestAgeSeconds: number;
}

/** How long a look is taken for current, in milliseconds: two gauges and several scrapers share it. */
const FRESH_MS = 1_000;

/** Looks at the outbox for the metrics, at most once a second. */
export class OutboxProbe {
  private last: Promise<OutboxState | undefined> | undefined;
  private lookedAtMs = 0;

  constructor(private readonly database: Database) {}

  /** Undefined when Postgres does not answer: the gauges keep their last value. */
  async look(): Promise<OutboxState | undefined> {
    const nowMs = performance.now();
    if (this.last === undefined || nowMs - this.lookedAtMs > FRESH_MS) {
      this.lookedAtMs = nowMs;
      this.last = outboxDepth.run(undefined, this.database).then(
        ([row]) => (row === undefined ? undefined : { depth: row.depth ?? 0, oldestAgeSeconds: row.oldestAgeSeconds ?? 0 }),
        () => undefined,
      );
    }
    return this.last;
  }
}
