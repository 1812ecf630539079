import { elapsedMs, type Moment, now } from '#domain/clock';

/** Rows that changed since `sinceMs` (the database's clock), and those of the last `withinMs`: whichever goes back further. */
export interface LookBounds {
  readonly sinceMs: number;
  readonly withinMs: number;
}

/**
 * How far back looks for changed rows have to go. Rows bear the time of their change, and the database's clock may be
 * stepped between two looks: by what was seen, a look begins late enough after a step forward; by the time that has
 * passed since the last one, early enough after a step back. In both cases by a margin more, since a change bears the
 * time at which its transaction began.
 */
export class LookBack {
  private newestMs = 0;
  private lastLook: Moment | undefined;

  /** @param marginMs longer than any statement that makes such a change may take to commit */
  constructor(private readonly marginMs: number) {}

  /** Runs a look and passes its rows on; of one that fails nothing is remembered. The first one gets all there is. */
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
