import { setTimeout as delay } from 'node:timers/promises';
import type { PostedEvent } from './history.js';
import { acceptanceOf } from './lanes.js';
import type { PostingClient } from './posting-client.js';
import { Random } from './random.js';

const ENTITIES = 100;
const TICK_MS = 10;
/** Limit of posts that wait for their turn or their answer. Without it, an outage would end in a flood of posts. */
const OPEN_LIMIT = 300;
/** The k-th entity gets k^-0.7 times the events of the first. The first gets a tenth of all, at most 20 a second. */
const SKEW = 0.7;
/** Share of the rate while a fault is overdue, so that events remain for the last faults. */
const SLOW_SHARE = 0.25;

export interface LoadOptions {
  readonly seed: number;
  readonly events: number;
  readonly perSecond: number;
}

/**
 * Posts events until `events` of them are accepted. Each entity has one client, which posts one event after the other.
 * Entities get different numbers of events, so that some lanes are always busy.
 */
export class Load {
  readonly posted: PostedEvent[] = [];
  accepted = 0;
  private readonly random: Random;
  /** The entities' weights, added up: the distribution to draw from. */
  private readonly cumulatedWeights: number[] = [];
  /** By entity: events still to be posted. */
  private readonly due = new Array<number>(ENTITIES).fill(0);
  private readonly serial = new Array<number>(ENTITIES).fill(0);
  private readonly clients = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private open = 0;
  private begun = 0;
  private slow = false;
  private failure: Error | undefined;

  constructor(
    private readonly client: PostingClient,
    private readonly options: LoadOptions,
  ) {
    this.random = new Random(options.seed);
    let sum = 0;
    for (let k = 1; k <= ENTITIES; k++) this.cumulatedWeights.push((sum += k ** -SKEW));
  }

  get total(): number {
    return this.options.events;
  }

  /** Resolves when all events are accepted, or after `stop`. @throws UnexpectedAnswer */
  async run(): Promise<void> {
    let owed = 0;
    let lastMs = performance.now();
    while (this.accepted < this.options.events && !this.stopping.signal.aborted && this.failure === undefined) {
      await delay(TICK_MS);
      const atMs = performance.now();
      owed += ((atMs - lastMs) / 1_000) * this.perSecond;
      lastMs = atMs;
      while (owed >= 1) {
        owed -= 1;
        if (this.open < OPEN_LIMIT && this.begun < this.options.events) this.begin();
      }
    }
    await Promise.all(this.clients);
    if (this.failure !== undefined) throw this.failure;
  }

  stop(): void {
    this.stopping.abort();
  }

  /** Reduces the rate while a fault is overdue. */
  slowDown(slow: boolean): void {
    this.slow = slow;
  }

  private get perSecond(): number {
    const { perSecond, events } = this.options;
    // The remaining events take at least 40 s, because the load must not end before the faults.
    return this.slow ? Math.min(perSecond * SLOW_SHARE, (events - this.begun) / 40) : perSecond;
  }

  private begin(): void {
    const at = this.random.next() * (this.cumulatedWeights.at(-1) ?? 0);
    const entity = this.cumulatedWeights.findIndex((sum) => at < sum);
    this.begun += 1;
    this.open += 1;
    const waiting = (this.due[entity] = (this.due[entity] ?? 0) + 1);
    if (waiting > 1) return;
    const posting = this.postAll(entity).catch((error: unknown) => (this.failure ??= error instanceof Error ? error : new Error(String(error))));
    const done = posting.then(() => void this.clients.delete(done));
    this.clients.add(done);
  }

  private async postAll(entity: number): Promise<void> {
    while ((this.due[entity] ?? 0) > 0) {
      if (this.stopping.signal.aborted) return;
      const n = (this.serial[entity] = (this.serial[entity] ?? 0) + 1);
      // Posts of an entity alternate between the gateways: its order must not depend on the gateway.
      const event = await this.client.post(`entity-${entity}`, `entity-${entity}/${n}`, n, this.stopping.signal);
      this.posted.push(event);
      if (acceptanceOf(event) !== undefined) this.accepted += 1;
      this.open -= 1;
      this.due[entity] = (this.due[entity] ?? 1) - 1;
    }
  }
}
