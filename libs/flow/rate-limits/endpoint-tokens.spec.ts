import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { now } from '#domain/clock';
import { TokenBucketModel, type TokenUse, worstExcess } from '#dev/testing/token-bucket-model';
import { EndpointTokens } from './endpoint-tokens.js';

/** One way of a statement, of an attempt, and of a new dispatcher's start. */
const [WIRE_MS, ANSWER_MS, START_MS] = [1, 5, 1_000];
const SLOTS = 64;

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

interface Limit {
  readonly perSecond: number;
  readonly burst: number;
}

/** A dispatcher with lanes that always have something to send. */
class Dispatcher {
  sent = 0;
  private free: number;
  private sending = 0;
  private isSettling = false;
  private isQueued = false;
  private isDead = false;
  readonly tokens: EndpointTokens;

  constructor(
    private readonly name: string,
    private readonly limit: Limit,
    private readonly bucket: TokenBucketModel,
    private readonly uses: TokenUse[],
    readonly lanes: number,
  ) {
    this.free = lanes;
    this.tokens = new EndpointTokens({ bucket: 'endpoint/1', ...limit }, () => this.settle(), () => this.pump());
    this.pump();
  }

  kill(): void {
    this.isDead = true;
  }

  private pump(): void {
    while (!this.isDead && this.free > 0 && this.sending < SLOTS) {
      const permit = this.tokens.take(Math.min(this.free, SLOTS - this.sending), this.free);
      if (permit === undefined) return;
      this.free -= 1;
      this.sending += 1;
      if (!permit.use()) throw new Error('A permit is not valid in the moment in which it is given');
      const atMs = performance.now();
      this.uses.push({ fromMs: atMs, toMs: atMs });
      this.sent += 1;
      setTimeout(() => {
        this.sending -= 1;
        this.free += 1;
        this.pump();
      }, ANSWER_MS);
    }
  }

  /** One statement at a time, as the group commit sends them. */
  private settle(): void {
    if (this.isSettling) {
      this.isQueued = true;
      return;
    }
    this.isSettling = true;
    setImmediate(() => this.send());
  }

  private send(): void {
    const sentAt = now();
    const { lease } = this.tokens;
    const request = lease.settle(sentAt);
    setTimeout(() => {
      if (this.isDead) return;
      const answer = this.bucket.lease(this.name, { capacity: lease.capacity, perSecond: this.limit.perSecond }, request, [], performance.now());
      setTimeout(() => {
        if (this.isDead) return;
        this.isSettling = false;
        lease.answered(answer, sentAt, now());
        this.tokens.settled();
        if (!this.isQueued) return;
        this.isQueued = false;
        this.settle();
      }, WIRE_MS);
    }, WIRE_MS);
  }
}

interface Judgement {
  readonly excess: number;
  /** Of what the limit allows. */
  readonly share: number;
  readonly sent: readonly number[];
}

/** @param killEveryMs a dispatcher dies then, and another one takes its lanes */
function judge(limit: Limit, lanes: readonly number[], seconds: number, killEveryMs = Infinity): Judgement {
  const uses: TokenUse[] = [];
  const size = { capacity: Math.max(limit.burst, 1), perSecond: limit.perSecond };
  const bucket = new TokenBucketModel(size, performance.now());
  let starts = 0;
  const start = (count: number): Dispatcher => new Dispatcher(`dispatcher ${(starts += 1)}`, limit, bucket, uses, count);
  const dispatchers = lanes.map(start);
  const startMs = performance.now();
  for (let nextMs = killEveryMs, victim = 0; performance.now() - startMs < seconds * 1_000; victim++, nextMs += killEveryMs) {
    jest.advanceTimersByTime(Math.min(nextMs, seconds * 1_000) - (performance.now() - startMs));
    if (performance.now() - startMs >= seconds * 1_000) break;
    const place = victim % dispatchers.length;
    const killed = dispatchers[place];
    killed?.kill();
    setTimeout(() => (dispatchers[place] = start(killed?.lanes ?? 0)), START_MS);
  }
  return { excess: worstExcess(uses, size), share: uses.length / (size.capacity + limit.perSecond * seconds), sent: dispatchers.map(({ sent }) => sent) };
}

describe('the requests of dispatchers with a backlog', () => {
  it.each([[1, 1, 60], [20, 1, 15], [20, 20, 15], [100, 5, 8], [500, 25, 3], [2_000, 100, 1.5], [2_000, 2_000, 1]])(
    'are never more than %d a second and %d at once, and at least 90 %% of that, from one dispatcher and from four', (perSecond, burst, seconds) => {
      for (const lanes of [[1_000], [250, 250, 250, 250]]) {
        const { excess, share } = judge({ perSecond, burst }, lanes, seconds);
        expect(excess).toBeLessThanOrEqual(1e-6);
        expect(share).toBeGreaterThanOrEqual(0.9);
      }
    });

  it.each([[20, 1, 60], [500, 25, 10]])('are at least 85 %% of %d a second with %d at once, and never more, while a dispatcher dies every 5 s', (perSecond, burst, seconds) => {
    const { excess, share } = judge({ perSecond, burst }, [100, 100, 100, 100], seconds, 5_000);
    expect(excess).toBeLessThanOrEqual(1e-6);
    expect(share).toBeGreaterThanOrEqual(0.85);
  });

  it('are never more with 2,000 a second and one at once, though they are less', () => {
    const { excess, share } = judge({ perSecond: 2_000, burst: 1 }, [250, 250, 250, 250], 2);
    expect(excess).toBeLessThanOrEqual(1e-6);
    expect(share).toBeGreaterThan(0.05);
  });

  it.each([[20, 1, 120], [500, 25, 10]])('are shared by what waits: at %d a second with %d at once, one lane gets about one part in a thousand', (perSecond, burst, seconds) => {
    const { sent: [many = 0, one = 0], share } = judge({ perSecond, burst }, [1_000, 1], seconds);
    const fair = (many + one) / 1_001;
    expect(one).toBeGreaterThanOrEqual(Math.floor(fair / 2));
    expect(one).toBeLessThanOrEqual(3 * fair + 2);
    expect(share).toBeGreaterThanOrEqual(0.9);
  });

  it('are shared equally by dispatchers with the same number of lanes', () => {
    const { sent } = judge({ perSecond: 100, burst: 5 }, [50, 50, 50, 50], 20);
    expect(Math.min(...sent)).toBeGreaterThan(0.9 * Math.max(...sent));
  });
});
