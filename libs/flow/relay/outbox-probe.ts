import type { Database } from '#ground/postgres/pool';
import { dispatchOutboxDepth } from './dispatch-outbox-depth.queries.js';
import { outboxDepth } from './outbox-depth.queries.js';

export interface OutboxState {
  readonly depth: number;
  readonly oldestAgeSeconds: number;
}

/** How long a look is taken for current, in milliseconds: two gauges and several scrapers share it. */
const FRESH_MS = 1_000;

/** Looks at an outbox for the metrics, at most once a second. */
export class OutboxProbe {
  private last: Promise<OutboxState | undefined> | undefined;
  private lookedAtMs = 0;

  private constructor(private readonly read: () => Promise<readonly { readonly depth: number | null; readonly oldestAgeSeconds: number | null }[]>) {}

  /** Accepted events that are not in Kafka yet. */
  static ofEvents(database: Database): OutboxProbe {
    return new OutboxProbe(() => outboxDepth.run(undefined, database));
  }

  /** Records of these shards that outcomes and operators' actions made. */
  static ofDispatch(database: Database, shards: () => readonly number[]): OutboxProbe {
    return new OutboxProbe(() => dispatchOutboxDepth.run({ shards: [...shards()] }, database));
  }

  /** Undefined when Postgres does not answer: the gauges keep their last value. */
  async look(): Promise<OutboxState | undefined> {
    const nowMs = performance.now();
    if (this.last === undefined || nowMs - this.lookedAtMs > FRESH_MS) {
      this.lookedAtMs = nowMs;
      this.last = this.read().then(
        ([row]) => (row === undefined ? undefined : { depth: row.depth ?? 0, oldestAgeSeconds: row.oldestAgeSeconds ?? 0 }),
        () => undefined,
      );
    }
    return this.last;
  }
}
