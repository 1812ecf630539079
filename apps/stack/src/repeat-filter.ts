// Longer than the pauses of clients that reconnect, short enough that a lasting outage stays in sight.
const quietMs = 10_000;

/** Keeps an outage from flooding the console: the same line is shown once in 10 s, with how often it came since. */
export class RepeatFilter {
  private readonly seen = new Map<string, { shownAt: number; hidden: number }>();

  /** The line to show, or undefined when it was shown a moment ago. `nowMs` is monotonic. */
  pass(line: string, nowMs: number): string | undefined {
    const last = this.seen.get(line);
    if (last !== undefined && nowMs - last.shownAt < quietMs) {
      last.hidden += 1;
      return undefined;
    }
    this.forgetOld(nowMs);
    this.seen.set(line, { shownAt: nowMs, hidden: 0 });
    return last === undefined || last.hidden === 0 ? line : `${line} (and ${last.hidden} times before)`;
  }

  private forgetOld(nowMs: number): void {
    for (const [line, { shownAt, hidden }] of this.seen) {
      if (hidden === 0 && nowMs - shownAt >= quietMs) this.seen.delete(line);
    }
  }
}
