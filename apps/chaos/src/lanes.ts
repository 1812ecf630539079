import type { Arrival, Delivery, History, PostedEvent } from './history.js';

/** The arrivals and deliveries of one (endpoint, entity). */
export class Lane {
  readonly firstArrivals: readonly Arrival[];
  /** By sequence: when the first complete 2xx was sent. */
  private readonly deliveredAtMs = new Map<number, number>();
  /** By sequence: the highest attempt before any replay, at its first arrival. */
  private readonly lastAttempts = new Map<number, Arrival>();
  private readonly givenUp: ReadonlySet<number>;

  constructor(
    readonly endpoint: string,
    readonly entity: string,
    /** In order of arrival. */
    readonly arrivals: readonly Arrival[],
    readonly deliveries: readonly Delivery[],
  ) {
    const seen = new Set<string>();
    this.firstArrivals = arrivals.filter(({ eventId }) => !seen.has(eventId) && seen.add(eventId));
    for (const { sequence, endedAtMs } of arrivals.filter(isSuccess)) {
      this.deliveredAtMs.set(sequence, Math.min(this.deliveredAtMs.get(sequence) ?? Infinity, endedAtMs));
    }
    for (const arrival of arrivals.filter(({ replayed }) => !replayed)) {
      if (arrival.attempt > (this.lastAttempts.get(arrival.sequence)?.attempt ?? 0)) this.lastAttempts.set(arrival.sequence, arrival);
    }
    this.givenUp = new Set([
      ...deliveries.filter(({ status }) => status === 'dead' || status === 'discarded').map(({ sequence }) => sequence),
      // Only dead deliveries are replayed.
      ...arrivals.filter(({ replayed }) => replayed).map(({ sequence }) => sequence),
    ]);
  }

  get name(): string {
    return `${this.endpoint}/${this.entity}`;
  }

  /** Whether by `atMs` the delivery had its 2xx, or its last attempt if it was given up. */
  hadEnded(sequence: number, atMs: number): boolean {
    if ((this.deliveredAtMs.get(sequence) ?? Infinity) <= atMs) return true;
    return this.givenUp.has(sequence) && (this.lastAttempts.get(sequence)?.endedAtMs ?? -Infinity) <= atMs;
  }
}

const cache = new WeakMap<History, readonly Lane[]>();

/** The lanes of a run; computed once a run. */
export function lanesOf(history: History): readonly Lane[] {
  const lanes = cache.get(history) ?? buildLanes(history);
  cache.set(history, lanes);
  return lanes;
}

function buildLanes({ events, arrivals, deliveries }: History): readonly Lane[] {
  const entities = new Map(events.map((event) => [acceptedIdOf(event), event.entity]));
  for (const { eventId, entity } of arrivals) entities.set(eventId, entity);
  const byArrival = Map.groupBy(arrivals, ({ endpoint, entity }) => JSON.stringify([endpoint, entity]));
  const byDelivery = Map.groupBy(deliveries, ({ endpoint, eventId }) => JSON.stringify([endpoint, entities.get(eventId) ?? '?']));
  return [...new Set([...byArrival.keys(), ...byDelivery.keys()])].map((key) => {
    const [endpoint = '', entity = ''] = JSON.parse(key) as string[];
    return new Lane(endpoint, entity, byArrival.get(key) ?? [], byDelivery.get(key) ?? []);
  });
}

export function firstSentAtMs({ tries }: PostedEvent): number {
  return Math.min(...tries.map(({ sentAtMs }) => sentAtMs));
}

/** Whether a 202 or Kafka has acknowledged the event. */
export function isAccepted({ tries }: Pick<PostedEvent, 'tries'>): boolean {
  return tries.some(({ answer }) => answer.kind === 'accepted' || answer.kind === 'acknowledged');
}

/**
 * The event's first 202; for a record of the topic, the event that was made of it, and when Kafka acknowledged the record:
 * Infinity if that answer was lost.
 */
export function acceptanceOf({ tries, record }: PostedEvent): { readonly eventId: string; readonly answeredAtMs: number } | undefined {
  for (const { answer, answeredAtMs } of tries) if (answer.kind === 'accepted') return { eventId: answer.eventId, answeredAtMs };
  const [eventId] = record?.eventIds ?? [];
  if (eventId === undefined) return undefined;
  return { eventId, answeredAtMs: tries.find(({ answer }) => answer.kind === 'acknowledged')?.answeredAtMs ?? Infinity };
}

/** The event id in the event's first 202, or of the event that was made of its record. */
export function acceptedIdOf(event: PostedEvent): string | undefined {
  return acceptanceOf(event)?.eventId;
}

/** Whether the receiver sent a complete 2xx. */
export function isSuccess({ status }: Arrival): boolean {
  return status !== undefined && status >= 200 && status <= 299;
}
