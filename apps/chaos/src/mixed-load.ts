import type { EventClient } from './event-client.js';
import type { Origin, PostedEvent } from './history.js';
import { Load } from './load.js';

export interface MixedLoadOptions {
  readonly seed: number;
  readonly events: number;
  readonly perSecond: number;
}

/** The part of each origin in a load. */
interface Part {
  readonly origin: Origin;
  readonly sixths: number;
  readonly entities: number;
  readonly entityName: string;
  /** Added to the seed: each part draws from a stream of its own, and the first one from that of the seed itself. */
  readonly stream: number;
}

/** Few more entities than those of posts: each busy lane has a connection, and on a busy machine the proxies accept few a second. */
const PARTS: readonly Part[] = [
  { origin: 'api', sixths: 4, entities: 100, entityName: 'entity', stream: 0 },
  { origin: 'webhook', sixths: 1, entities: 15, entityName: 'webhook', stream: 0x77656268 },
  { origin: 'topic', sixths: 1, entities: 15, entityName: 'record', stream: 0x746f7069 },
];

/** A load of posts to the API, signed webhooks and records of a topic, at the same time. */
export class MixedLoad {
  private readonly loads: readonly Load[];

  constructor(
    clientOf: (origin: Origin) => EventClient,
    private readonly options: MixedLoadOptions,
  ) {
    this.loads = partsOf(options).map(({ origin, ...part }) => new Load(clientOf(origin), part));
  }

  get total(): number {
    return this.options.events;
  }

  get accepted(): number {
    return this.loads.reduce((sum, { accepted }) => sum + accepted, 0);
  }

  get posted(): readonly PostedEvent[] {
    return this.loads.flatMap(({ posted }) => posted);
  }

  /** Resolves when all events are accepted, or after `stop`. @throws UnexpectedAnswer, after the others were stopped */
  async run(): Promise<void> {
    const runs = this.loads.map((load) => load.run());
    try {
      await Promise.all(runs);
    } catch (error) {
      this.stop();
      await Promise.allSettled(runs);
      throw error;
    }
  }

  stop(): void {
    for (const load of this.loads) load.stop();
  }

  /** Reduces the rate while a fault is overdue. */
  slowDown(slow: boolean): void {
    for (const load of this.loads) load.slowDown(slow);
  }
}

/** The loads that a mixed load consists of. The first one gets what the others leave. */
export function partsOf({ seed, events, perSecond }: MixedLoadOptions): (ConstructorParameters<typeof Load>[1] & { readonly origin: Origin })[] {
  const sixth = Math.floor(events / 6);
  return PARTS.map(({ origin, sixths, entities, entityName, stream }, i) => ({
    origin, seed: seed + stream, events: i === 0 ? events - 2 * sixth : sixth, perSecond: (perSecond * sixths) / 6, entities, entityName,
  }));
}
