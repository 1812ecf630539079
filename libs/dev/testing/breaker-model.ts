import { type BreakerChange, type BreakerCounts, type BreakerState, NEVER_FAILED, type SharedBreaker } from '#domain/breaker';

const BUCKET_MS = 30_000;
const CLAIM_MARGIN_MS = 5_000;

interface BreakerRow {
  version: number;
  state: BreakerState;
  openings: number;
  sinceMs: number | undefined;
  probeAtMs: number | undefined;
  prober: string | undefined;
  claimedAtMs: number | undefined;
  bucket: number;
  latest: { ended: number; failed: number };
  previous: { ended: number; failed: number };
  failedAtMs: number | undefined;
  retryAtMs: number | undefined;
  undeliveredSinceMs: number | undefined;
}

/** What the statements of `libs/flow/breakers` do to one breaker, with a clock of the caller's. Their int-spec compares the two. */
export class BreakerModel {
  row: BreakerRow | undefined;

  constructor(private readonly timeoutMs: number) {}

  report({ version, ended, failed, delivered, endsUndelivered, retryAfterMs }: BreakerCounts, atMs: number): void {
    const bucket = Math.floor(atMs / BUCKET_MS);
    const row = (this.row ??= {
      version, state: 'closed', openings: 0, sinceMs: undefined, probeAtMs: undefined, prober: undefined, claimedAtMs: undefined, bucket,
      latest: { ended: 0, failed: 0 }, previous: { ended: 0, failed: 0 }, failedAtMs: undefined, retryAtMs: undefined, undeliveredSinceMs: undefined,
    });
    if (!endsUndelivered) row.undeliveredSinceMs = undefined;
    else if (delivered) row.undeliveredSinceMs = atMs;
    else row.undeliveredSinceMs ??= atMs;
    this.roll(row, bucket);
    if (version !== row.version) {
      if (row.latest.failed + row.previous.failed === 0) row.failedAtMs = undefined;
      return;
    }
    if (row.latest.failed + row.previous.failed === 0) row.failedAtMs = failed > 0 ? atMs : undefined;
    row.latest.ended += ended;
    row.latest.failed += failed;
    if (retryAfterMs > 0) row.retryAtMs = atMs + retryAfterMs;
  }

  /**
   * @param ownsLeases whether this dispatcher does
   * @returns whether it was made
   */
  change({ version, state, openings, waitMs }: BreakerChange, prober: string, atMs: number, ownsLeases: (prober: string) => boolean): boolean {
    const { row } = this;
    if (row?.version !== version) return false;
    const isAbandoned = row.prober !== undefined && row.prober !== prober && !ownsLeases(row.prober);
    if (state === 'half-open' && (row.probeAtMs ?? Infinity) > atMs && !isAbandoned) return false;
    if (state === 'closed' || row.state === 'closed') row.sinceMs = atMs;
    row.version += 1;
    row.state = state;
    row.openings = openings;
    row.probeAtMs = { closed: undefined, open: atMs + waitMs, 'half-open': atMs + 2 * this.timeoutMs + CLAIM_MARGIN_MS }[state];
    row.prober = state === 'half-open' ? prober : undefined;
    row.claimedAtMs = state === 'half-open' ? atMs : undefined;
    if (state !== 'closed') return true;
    row.latest = { ended: 0, failed: 0 };
    row.previous = { ended: 0, failed: 0 };
    row.retryAtMs = undefined;
    return true;
  }

  read(prober: string, atMs: number): SharedBreaker {
    const { row } = this;
    if (row === undefined) return NEVER_FAILED;
    const { version, state, openings, sinceMs, probeAtMs, claimedAtMs, failedAtMs, retryAtMs, undeliveredSinceMs } = row;
    const age = Math.floor(atMs / BUCKET_MS) - row.bucket;
    const lately = (counter: 'ended' | 'failed'): number => (age <= 1 ? row.latest[counter] : 0) + (age <= 0 ? row.previous[counter] : 0);
    return {
      version, state, openings, ended: lately('ended'), failed: lately('failed'), isProber: row.prober === prober, isUndelivered: undeliveredSinceMs !== undefined,
      sinceMs: sinceMs ?? NEVER_FAILED.sinceMs, probeAtMs: probeAtMs ?? NEVER_FAILED.probeAtMs, claimedAtMs: claimedAtMs ?? NEVER_FAILED.claimedAtMs, failingSinceMs: failedAtMs ?? NEVER_FAILED.failingSinceMs,
      retryAtMs: retryAtMs ?? NEVER_FAILED.retryAtMs,
    };
  }

  private roll(row: BreakerRow, bucket: number): void {
    const buckets = Math.max(0, bucket - row.bucket);
    if (buckets === 0) return;
    row.previous = buckets === 1 ? row.latest : { ended: 0, failed: 0 };
    row.latest = { ended: 0, failed: 0 };
    row.bucket += buckets;
  }
}
