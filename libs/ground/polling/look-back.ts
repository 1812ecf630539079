import { elapsedMs, type Moment, now } from '#domain/clock';

/** How far back to read changes: to `sinceMs` (the database's clock) or by `withinMs`, whichever is further. */
export interface LookBounds {
  readonly sinceMs: number;
  readonly withinMs: number;
}

/**
 * Decides how far back a read for changed rows goes. Rows carry the time of their change, and the database's clock may be
 * set between two reads. The newest time that was read bounds a read after a step forward; the time since the last read
 * bounds it after a step back. A margin is added, because the time of a change is when its transaction began.
 */
export class LookBack {
  private newestMs = 0;
  private lastLook: Moment | undefined;

  /** @param marginMs longer than any statement that makes such a change takes to commit */
  constructor(private readonly marginMs: number) {}

  /** Reads changes and returns them. A read that fails is forgotten. The first read gets all rows. */
  async look<Row extends { readonly changedAtMs: number }>(find: (bounds: LookBounds) => Promise<readonly Row[]>): Promise<readonly Row[]> {
    const startedAt = now();
    const rows = await find(this.bounds(startedAt));
    this.lastLook = startedAt;
    for (const { changedAtMs } of rows) this.newestMs = Math.max(this.newestMs, changedAtMs);
    return rows;
  }

  private bounds(at: Moment): LookBounds {
    return {
      sinceMs: Math.max(0, this.newestMs - this.marginMs),
      withinMs: this.marginMs + (this.lastLook === undefined ? 0 : elapsedMs(this.lastLook, at)),
    };
  }
}
