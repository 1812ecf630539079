// Longer than the reconnect delays of clients, and short enough to keep a long outage visible.
const quietMs = 10_000;

/** Shows the same line at most once in 10 s, with a count of the repeats, so that an outage does not flood the console. */
export class RepeatFilter {
  private readonly shown = new Map<string, { shownAt: number; hidden: number }>();

  /** The line to show; undefined if it was shown less than 10 s ago. `nowMs` is monotonic. */
  filter(line: string, nowMs: number): string | undefined {
    const last = this.shown.get(line);
    if (last !== undefined && nowMs - last.shownAt < quietMs) {
      last.hidden += 1;
      return undefined;
    }
    this.forgetOld(nowMs);
    this.shown.set(line, { shownAt: nowMs, hidden: 0 });
    return last === undefined || last.hidden === 0 ? line : `${line} (${last.hidden} repeats hidden)`;
  }

  private forgetOld(nowMs: number): void {
    for (const [line, { shownAt, hidden }] of this.shown) {
      if (hidden === 0 && nowMs - shownAt >= quietMs) this.shown.delete(line);
    }
  }
}
