import { randomUUID } from 'node:crypto';
import { shardOf } from '#domain/shard';
import { type Arrival, findingsIn } from './arrivals.js';
import type { Receiver } from './receiver.js';
import type { SystemUnderTest } from './system.js';
import { waitUntil } from './wait-until.js';

export interface SteadyLoadOptions {
  readonly entities: readonly string[];
  /** From an entity's answer to its next post. */
  readonly intervalMs: number;
}

export interface Posted {
  readonly id: string;
  readonly entity: string;
  /** Time of the first send, by the clock of `Arrival.arrivedAtMs`. */
  readonly sentAtMs: number;
}

const RETRY_MS = 50;
/** Errors on which a client retries. */
const PASSING = /: 503 |fetch failed|terminated|other side closed/;

/**
 * Clients that post steadily: one for each entity, one event after the other. When a connection breaks or a gateway answers
 * 503, a client retries at the next gateway with the same idempotency key.
 */
export class SteadyLoad {
  readonly posted: Posted[] = [];
  private readonly clients: Promise<void>[];
  private stopping = false;

  private constructor(
    private readonly system: SystemUnderTest,
    private readonly options: SteadyLoadOptions,
  ) {
    this.clients = options.entities.map((entity, i) => this.client(entity, i));
    // `stop` reports the errors; until then they must not be unhandled rejections.
    for (const client of this.clients) client.catch(() => undefined);
  }

  static start(system: SystemUnderTest, options: SteadyLoadOptions): SteadyLoad {
    return new SteadyLoad(system, options);
  }

  /** Ends the load; resolves with all accepted events. @throws an error on which a client does not retry */
  async stop(): Promise<readonly Posted[]> {
    this.stopping = true;
    await Promise.all(this.clients);
    return this.posted;
  }

  private async client(entity: string, first: number): Promise<void> {
    for (let n = 1; !this.stopping; n++) {
      const sentAtMs = performance.now();
      const { id } = await this.post(entity, n, first);
      this.posted.push({ id, entity, sentAtMs });
      await new Promise((resolve) => setTimeout(resolve, this.options.intervalMs));
    }
  }

  private async post(entity: string, n: number, first: number): Promise<{ id: string }> {
    const key = randomUUID();
    for (let gateway = first; ; gateway++) {
      try {
        return await this.system.post(entity, { n }, gateway % this.system.gateways.length, key);
      } catch (error) {
        if (!PASSING.test(String(error)) || this.system.stopped) throw error;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }
}

/** Waits until the receiver has all events. */
export async function allArrived(receiver: Receiver, posted: readonly Posted[], timeoutMs = 30_000): Promise<void> {
  const missing = (): Posted[] => {
    const { delivered } = receiver;
    return posted.filter(({ id }) => !delivered.has(id));
  };
  await waitUntil(() => `${posted.length} events delivered; missing ${missing().length}, the first ${JSON.stringify(missing()[0])}`, () => missing().length === 0, timeoutMs);
}

/**
 * Checks a receiver's record of a load: the findings of `findingsIn` with takeovers, and first arrivals that are not in the
 * order of the posts.
 */
export function findingsUnderLoad(arrivals: readonly Arrival[], posted: readonly Posted[]): string[] {
  const findings = findingsIn(arrivals, { takeovers: true });
  for (const [entity, ids] of Map.groupBy(posted, (post) => post.entity)) {
    const seen = [...new Set(arrivals.filter((arrival) => arrival.entity === entity).map(({ eventId }) => eventId))];
    const expected = ids.map(({ id }) => id);
    const wrong = expected.findIndex((id, i) => id !== seen[i]);
    if (wrong >= 0) findings.push(`${entity}: post ${wrong + 1} is not the ${wrong + 1}th that arrived first`);
  }
  return findings;
}

/** `count` entities for each shard, so that every shard has work. */
export function entitiesOn(shards: number, count: number): string[] {
  const found = Array.from({ length: shards }, (): string[] => []);
  for (let i = 0; found.some(({ length }) => length < count); i++) {
    const own = found[shardOf('default', `entity-${i}`, shards)];
    if (own !== undefined && own.length < count) own.push(`entity-${i}`);
  }
  return found.flat();
}

/** The time from `sinceMs` to the next arrival on each shard, in milliseconds; Infinity if there is none. */
export function untilNextArrivalMs(arrivals: readonly Arrival[], shards: number, sinceMs: number): number[] {
  return Array.from({ length: shards }, (_, shard) => {
    const next = arrivals.find(({ entity, arrivedAtMs }) => arrivedAtMs > sinceMs && shardOf('default', entity, shards) === shard);
    return (next?.arrivedAtMs ?? Infinity) - sinceMs;
  });
}

/** The longest time without an arrival on each shard, between two moments. */
export function longestGapsMs(arrivals: readonly Arrival[], shards: number, fromMs: number, toMs: number): number[] {
  return Array.from({ length: shards }, (_, shard) => {
    const times = arrivals.filter(({ entity, arrivedAtMs }) => arrivedAtMs > fromMs && arrivedAtMs < toMs && shardOf('default', entity, shards) === shard).map(({ arrivedAtMs }) => arrivedAtMs);
    return Math.round(Math.max(...[...times, toMs].map((at, i) => at - (times[i - 1] ?? fromMs))));
  });
}

/** Each event's time from its first send to its first arrival, ascending. */
export function latenciesMs(arrivals: readonly Arrival[], posted: readonly Posted[]): number[] {
  const first = new Map<string, number>();
  for (const { eventId, arrivedAtMs } of arrivals) if (!first.has(eventId)) first.set(eventId, arrivedAtMs);
  return posted.map(({ id, sentAtMs }) => (first.get(id) ?? Infinity) - sentAtMs).sort((a, b) => a - b);
}

/** The value that `share` of the ascending values do not exceed. */
export function percentile(values: readonly number[], share: number): number {
  return values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN;
}
