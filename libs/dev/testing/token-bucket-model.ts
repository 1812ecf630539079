import type { LeaseAnswer, LeaseRequest } from '#domain/token-lease';

const LEASE_COUNTS_MS = 2_000;

export interface ModelLimit {
  readonly capacity: number;
  readonly perSecond: number;
}

/** What `lease-tokens.sql` does to one bucket, with a clock of the caller's. Its int-spec compares the two. */
export class TokenBucketModel {
  tokens: number;
  readonly leases = new Map<string, { tokens: number; untilMs: number }>();

  constructor(
    { capacity }: ModelLimit,
    private refilledAtMs: number,
  ) {
    this.tokens = capacity;
  }

  /** Settles, then takes what asks need, in their order, and then what the process wants to hold. */
  lease(holder: string, { capacity, perSecond }: ModelLimit, { held, returned, wanted }: LeaseRequest, needs: readonly number[], atMs: number): LeaseAnswer & { readonly granted: number[] } {
    const leased = sumOf([...this.leases.values()]);
    for (const [name, lease] of this.leases) {
      lease.untilMs = Math.min(lease.untilMs, atMs + LEASE_COUNTS_MS);
      if (name !== holder && lease.untilMs <= atMs) this.leases.delete(name);
    }
    const own = this.leases.get(holder)?.tokens ?? 0;
    this.leases.delete(holder);
    const others = sumOf([...this.leases.values()]);
    const kept = Math.min(held, own);
    const refilled = Math.max(0, Math.min(capacity - leased, this.tokens + (perSecond * Math.max(0, atMs - this.refilledAtMs)) / 1_000));
    this.tokens = Math.max(0, Math.min(capacity - others - kept, refilled + Math.min(returned, own - kept)));
    this.refilledAtMs = atMs;
    const granted = needs.map((need) => this.take(need));
    const more = this.take(Math.min(wanted, Math.floor(capacity / 2) - others - kept));
    if (kept + more > 0) this.leases.set(holder, { tokens: kept + more, untilMs: atMs + LEASE_COUNTS_MS });
    return { leased: more, remaining: this.tokens, granted };
  }

  private take(count: number): number {
    const taken = Math.max(0, Math.min(count, Math.floor(this.tokens)));
    this.tokens -= taken;
    return taken;
  }
}

/** Each use of a token, between two moments. */
export interface TokenUse {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * By how many tokens the uses exceed `capacity + perSecond × t` in the worst window of t seconds; negative if they do not.
 * Windows reach from the earliest moment of their first use to the latest one of any.
 */
export function worstExcess(uses: readonly TokenUse[], { capacity, perSecond }: ModelLimit): number {
  let start = -Infinity;
  let end = -Infinity;
  let worst = -Infinity;
  [...uses].sort((one, other) => one.fromMs - other.fromMs).forEach(({ fromMs, toMs }, i) => {
    start = Math.max(start, (perSecond * fromMs) / 1_000 - i);
    end = Math.max(end, toMs);
    worst = Math.max(worst, start + i + 1 - (perSecond * end) / 1_000 - capacity);
  });
  return worst;
}

function sumOf(leases: readonly { readonly tokens: number }[]): number {
  return leases.reduce((sum, { tokens }) => sum + tokens, 0);
}
