import type { LeaseAnswer, LeaseRequest } from '#domain/token-lease';

const LEASE_COUNTS_MS = 2_000;

/** How long a claim counts after its process should have asked again. */
const CLAIM_MARGIN_MS = 100;

interface ModelLease {
  tokens: number;
  untilMs: number;
  /** Requests that wait for tokens in the process: others leave it its share until `claimUntilMs`. */
  waiting: number;
  claimUntilMs: number;
  pass: number | undefined;
}

export interface ModelLimit {
  readonly capacity: number;
  readonly perSecond: number;
}

/** What `lease-tokens.sql` does to one bucket, with a clock of the caller's. Its int-spec compares the two. */
export class TokenBucketModel {
  tokens: number;
  readonly leases = new Map<string, ModelLease>();

  constructor(
    { capacity }: ModelLimit,
    private refilledAtMs: number,
  ) {
    this.tokens = capacity;
  }

  /** Settles, then takes what asks need, in their order, and then what the process wants to hold. */
  lease(holder: string, { capacity, perSecond }: ModelLimit, { held, returned, wanted, waiting, usedAgoMs }: LeaseRequest, needs: readonly number[], atMs: number): LeaseAnswer & { readonly granted: number[] } {
    const leased = sumOf([...this.leases.values()]);
    const tokenMs = 1_000 / perSecond;
    for (const [name, lease] of this.leases) {
      lease.untilMs = Math.min(lease.untilMs, atMs + LEASE_COUNTS_MS);
      lease.claimUntilMs = Math.min(lease.claimUntilMs, atMs + tokenMs + CLAIM_MARGIN_MS);
      if (name === holder || lease.untilMs > atMs) continue;
      lease.tokens = 0;
      if (!isClaiming(lease, atMs)) this.leases.delete(name);
    }
    const mine = this.leases.get(holder);
    this.leases.delete(holder);
    const own = mine?.tokens ?? 0;
    const others = sumOf([...this.leases.values()]);
    const claims = [...this.leases.values()].filter((lease) => isClaiming(lease, atMs));
    const pass = passOf(mine, claims, atMs);
    const kept = Math.min(held, own);
    const givenBack = Math.min(returned, own - kept);
    const used = own - kept - givenBack;
    const elapsedMs = Math.max(0, atMs - this.refilledAtMs);
    const sinceUseMs = Math.min(elapsedMs, usedAgoMs);
    const untilUse = Math.max(0, Math.min(capacity - leased, this.tokens + (elapsedMs - sinceUseMs) / tokenMs));
    const refilled = Math.min(capacity - leased + used, untilUse + sinceUseMs / tokenMs);
    this.tokens = Math.max(0, Math.min(capacity - others - kept, refilled + givenBack));
    this.refilledAtMs = atMs;
    const granted = needs.map((need) => this.take(need));
    const left = claims.reduce((sum, claim) => sum + leftTo(claim, pass, waiting), 0);
    const most = waiting > 0 ? capacity : Math.floor(capacity / 2);
    const more = this.take(Math.min(wanted, Math.floor(this.tokens) - left, most - others - kept));
    const isActive = kept + more > 0 || waiting > 0;
    const untilMs = isActive ? atMs + LEASE_COUNTS_MS : (mine?.untilMs ?? -Infinity);
    if (isActive || (mine?.pass !== undefined && untilMs > atMs)) {
      const stillWaiting = waiting > 0 && more < wanted ? waiting - more : 0;
      this.leases.set(holder, {
        tokens: kept + more, untilMs, waiting: stillWaiting,
        claimUntilMs: stillWaiting > 0 ? atMs + Math.max(0, 1 - this.tokens) * tokenMs + CLAIM_MARGIN_MS : -Infinity,
        pass: waiting > 0 ? pass + more / waiting : mine?.pass,
      });
    }
    return { leased: more, remaining: this.tokens, others, granted };
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

function isClaiming({ waiting, claimUntilMs }: ModelLease, atMs: number): boolean {
  return waiting > 0 && claimUntilMs > atMs;
}

/** A process that did not claim starts with those that do. */
function passOf(mine: ModelLease | undefined, claims: readonly ModelLease[], atMs: number): number {
  const own = mine?.pass ?? 0;
  if (mine?.pass !== undefined && isClaiming(mine, atMs)) return own;
  return claims.length === 0 ? own : Math.max(mine?.pass ?? -Infinity, Math.min(...claims.map((claim) => claim.pass ?? 0)));
}

/** Tokens that a process leaves to another one that claims some. */
function leftTo(claim: ModelLease, pass: number, waiting: number): number {
  if (waiting === 0) return claim.waiting;
  return Math.min(claim.waiting, Math.max(0, Math.floor((pass - (claim.pass ?? 0)) * claim.waiting - 1)));
}

function sumOf(leases: readonly { readonly tokens: number }[]): number {
  return leases.reduce((sum, { tokens }) => sum + tokens, 0);
}
