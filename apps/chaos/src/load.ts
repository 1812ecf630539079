import { setTimeout as delay } from 'node:timers/promises';
import type { PostedEvent } from './history.js';
import { acceptanceOf } from './lanes.js';
import type { PostingClient } from './posting-client.js';
import { Random } from './random.js';

const ENTITIES = 100;
const TICK_MS = 10;
/** Posts that wait for their turn or their answer, beyond which no more begin: an outage must not be followed by a flood. */
const OPEN_LIMIT = 300;
/** The k-th entity gets k^-0.7 as many events as the first, which gets a tenth of all: twenty a second in a lane, at most. */
const SKEW = 0.7;
/** The share of the rate while faults are late, so that some events are left for the last of them. */
const SLOW_SHARE = 0.25;

export interface LoadOptions {
  readonly seed: number;
  readonly events: number;
  readonly perSecond: number;
}

/**
 * Clients that post for an entity each, one event after the other, until so many are accepted. Some entities get many
 * more events than others, so that some lanes are always busy.
 */
export class Load {
  readonly posted: PostedEvent[] = [];
  accepted = 0;
  private readonly random: Random;
  private readonly cumulated: number[] = [];
  /** By entity: what is yet to be posted. */
  private readonly due = new Array<number>(ENTITIES).fill(0);
  private readonly serial = new Array<number>(ENTITIES).fill(0);
  private readonly busy = new Set<Promise<void>>();
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
    for (let k = 1; k <= ENTITIES; k++) this.cumulated.push((sum += k ** -SKEW));
  }

  get total(): number {
    return this.options.events;
  }

  /** Resolves when all are accepted, or after `stop`. @throws RefusedForGood */
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
    await Promise.all(this.busy);
    if (this.failure !== undefined) throw this.failure;
  }

  stop(): void {
    this.stopping.abort();
  }

  /** While a fault is still at work that should be over by now. */
  wait(waiting: boolean): void {
    this.slow = waiting;
  }

  private get perSecond(): number {
    const { perSecond, events } = this.options;
    // Spread what is left over 40 s at least: the load must not end before the faults do.
    return this.slow ? Math.min(perSecond * SLOW_SHARE, (events - this.begun) / 40) : perSecond;
  }

  private begin(): void {
    const at = this.random.next() * (this.cumulated.at(-1) ?? 0);
    const entity = this.cumulated.findIndex((sum) => at < sum);
    this.begun += 1;
    this.open += 1;
    const waiting = (this.due[entity] = (this.due[entity] ?? 0) + 1);
    if (waiting > 1) return;
    const posting = this.postAll(entity).catch((error: unknown) => (this.failure ??= error instanceof Error ? error : new Error(String(error))));
    const done = posting.then(() => void this.busy.delete(done));
    this.busy.add(done);
  }

  private async postAll(entity: number): Promise<void> {
    while ((this.due[entity] ?? 0) > 0) {
      if (this.stopping.signal.aborted) return;
      const n = (this.serial[entity] = (this.serial[entity] ?? 0) + 1);
      // One gateway after the other: an entity's order is to hold whichever take its posts.
      const event = await this.client.post(`entity-${entity}`, `entity-${entity}/${n}`, n, this.stopping.signal);
      this.posted.push(event);
      if (acceptanceOf(event) !== undefined) this.accepted += 1;
      this.open -= 1;
      this.due[entity] = (this.due[entity] ?? 1) - 1;
    }
  }
}
