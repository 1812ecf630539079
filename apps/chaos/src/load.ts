import { setTimeout as delay } from 'node:timers/promises';
import type { EventClient } from './event-client.js';
import type { PostedEvent } from './history.js';
import { isAccepted } from './lanes.js';
import { Random } from './random.js';

const TICK_MS = 10;
/** Limit of posts of an entity, on average, that wait for their turn or their answer. Without it, an outage would end in a flood of posts. */
const OPEN_OF_AN_ENTITY = 3;
/** The k-th entity gets k^-0.7 times the events of the first. The first gets a tenth of all, at most 20 a second. */
const SKEW = 0.7;
/** Share of the rate while a fault is overdue, so that events remain for the last faults. */
const SLOW_SHARE = 0.25;

export interface LoadOptions {
  readonly seed: number;
  readonly events: number;
  readonly perSecond: number;
  readonly entities: number;
  /** With their numbers behind it, their names: no other load has them. */
  readonly entityName: string;
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
  private readonly due = new Map<number, number>();
  private readonly serial = new Map<number, number>();
  private readonly clients = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private open = 0;
  private begun = 0;
  private slow = false;
  private failure: Error | undefined;

  constructor(
    private readonly client: EventClient,
    private readonly options: LoadOptions,
  ) {
    this.random = new Random(options.seed);
    let sum = 0;
    for (let k = 1; k <= options.entities; k++) this.cumulatedWeights.push((sum += k ** -SKEW));
  }

  /** Resolves when all events are accepted, or after `stop`. @throws UnexpectedAnswer */
  async run(): Promise<void> {
    const openLimit = this.options.entities * OPEN_OF_AN_ENTITY;
    let owed = 0;
    let lastMs = performance.now();
    while (this.accepted < this.options.events && !this.stopping.signal.aborted && this.failure === undefined) {
      await delay(TICK_MS);
      const atMs = performance.now();
      owed += ((atMs - lastMs) / 1_000) * this.perSecond;
      lastMs = atMs;
      while (owed >= 1) {
        owed -= 1;
        if (this.open < openLimit && this.begun < this.options.events) this.begin();
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
    const waiting = (this.due.get(entity) ?? 0) + 1;
    this.due.set(entity, waiting);
    if (waiting > 1) return;
    const posting = this.postAll(entity).catch((error: unknown) => (this.failure ??= error instanceof Error ? error : new Error(String(error))));
    const done = posting.then(() => void this.clients.delete(done));
    this.clients.add(done);
  }

  private async postAll(entity: number): Promise<void> {
    const name = `${this.options.entityName}-${entity}`;
    while ((this.due.get(entity) ?? 0) > 0) {
      if (this.stopping.signal.aborted) return;
      const n = (this.serial.get(entity) ?? 0) + 1;
      this.serial.set(entity, n);
      // Posts of an entity alternate between the gateways: its order must not depend on the gateway.
      const event = await this.client.post(name, `${name}/${n}`, n, this.stopping.signal);
      this.posted.push(event);
      if (isAccepted(event)) this.accepted += 1;
      // Another event takes the place of one that may be lost.
      else this.begun -= 1;
      this.open -= 1;
      this.due.set(entity, (this.due.get(entity) ?? 1) - 1);
    }
  }
}
