import type { Endpoint, FaultRecord, History, PostedEvent } from './history.js';
import { acceptedIdOf, firstSentAtMs } from './lanes.js';
import { amountOf } from './sealed-body.js';

/** Between the machine's clock, by which an endpoint's start is named, and that of Postgres, by which events are accepted. */
const CLOCKS_MS = 1_000;
/** The most that a fault steps the clock of Postgres. */
const CLOCK_STEP_MS = 15_000;

/** An endpoint with a filter gets only events that match it, and one that starts in the past none that were accepted before that. */
export function* routesHold({ events, endpoints, arrivals, deliveries, faults }: History): Iterable<string> {
  const keys = new Map(events.map((event) => [acceptedIdOf(event), event.key]));
  const firstArrivedAtMs = new Map<string, number>();
  for (const { eventId, key, arrivedAtMs } of arrivals) {
    // Posts without an answer may be accepted too.
    keys.set(eventId, key);
    if (!firstArrivedAtMs.has(eventId)) firstArrivedAtMs.set(eventId, arrivedAtMs);
  }
  const known = new Map(endpoints.map((endpoint) => [endpoint.id, endpoint]));
  for (const { endpoint: id, eventId } of deliveries) {
    const endpoint = known.get(id);
    if (endpoint === undefined) continue;
    const key = keys.get(eventId);
    if (key !== undefined && !passes(endpoint, key)) yield `${eventId} was routed to ${id}, whose filter its amount of ${amountOf(key)} does not match`;
    // What has not arrived elsewhere may be admitted late, and comes as a new event then.
    const earlyMs = (endpoint.startsAtMs ?? -Infinity) - (firstArrivedAtMs.get(eventId) ?? Infinity);
    if (earlyMs > uncertaintyMs(faults)) yield `${eventId} was routed to ${id}, although it had arrived elsewhere ${earlyMs.toFixed(0)} ms before this endpoint starts`;
  }
}

/** Whether an accepted event must be routed to the endpoint. */
export function isDue(endpoint: Endpoint, event: PostedEvent, faults: readonly FaultRecord[]): boolean {
  const { createdAtMs, startsAtMs } = endpoint;
  return passes(endpoint, event.key) && firstSentAtMs(event) > (startsAtMs === undefined ? createdAtMs : startsAtMs + uncertaintyMs(faults));
}

function passes({ amountAbove }: Endpoint, key: string): boolean {
  return amountAbove === undefined || amountOf(key) > amountAbove;
}

/** Of a start in the past. */
function uncertaintyMs(faults: readonly FaultRecord[]): number {
  return CLOCKS_MS + CLOCK_STEP_MS * faults.filter(({ kind }) => kind === 'step-clock').length;
}
