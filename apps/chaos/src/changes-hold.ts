import type { Arrival, Change, History } from './history.js';
import { isExcused, MAY_LEARN_LATE } from './fault-windows.js';
import { firstSentAtMs } from './lanes.js';

/** Dispatchers learn of each change within this time. */
const LEARN_LIMIT_MS = 1_000;
/** Of a busy machine: two cores with a load of 12 took 1.2 s more, until the arrival. */
const BUSY_MS = 2_000;

/** A change, with the first change of the same setting that came after it. */
interface Era {
  readonly change: Change;
  readonly next: Change | undefined;
}

/**
 * A change holds when it is answered: an event that is posted afterwards meets only the settings from that change on, also
 * in its retries and replays. An older event meets them in each attempt that starts a second later, or more.
 */
export function* changesHold({ events, arrivals, changes, faults }: History): Iterable<string> {
  const sentAtMs = new Map(events.map((event) => [event.key, firstSentAtMs(event)]));
  const byEndpoint = Map.groupBy(erasOf(changes), ({ change }) => change.endpoint);
  for (const arrival of arrivals) {
    if (arrival.generations.secret === 0) yield `${arrival.eventId} arrived at ${arrival.endpoint} with a signature by none of its secrets`;
    const postedAtMs = sentAtMs.get(arrival.key) ?? -Infinity;
    for (const { change, next } of byEndpoint.get(arrival.endpoint) ?? []) {
      const { answeredAtMs } = change;
      const wasPostedAfter = postedAtMs > answeredAtMs;
      const latestMs = answeredAtMs + LEARN_LIMIT_MS + BUSY_MS;
      if ((!wasPostedAfter && arrival.arrivedAtMs <= latestMs) || !isBroken(change, next, arrival)) continue;
      if (!wasPostedAfter && isExcused(faults, MAY_LEARN_LATE, arrival.arrivedAtMs - LEARN_LIMIT_MS - BUSY_MS, arrival.arrivedAtMs)) continue;
      const lateMs = (arrival.arrivedAtMs - answeredAtMs).toFixed(0);
      yield `${arrival.eventId} arrived at ${arrival.endpoint} (attempt ${arrival.attempt}) ${describe(change, arrival)} ${lateMs} ms after the answer${wasPostedAfter ? ', although it was posted after it' : ''}`;
    }
  }
}

function erasOf(changes: readonly Change[]): Era[] {
  const next = new Map<string, Change>();
  return changes.toReversed().map((change) => {
    const key = `${change.endpoint} ${change.setting}`;
    const era = { change, next: next.get(key) };
    next.set(key, change);
    return era;
  });
}

/** Whether the arrival shows settings from before the change, whose effect lasts until the next one at most. */
function isBroken(change: Change, next: Change | undefined, { generations, arrivedAtMs }: Arrival): boolean {
  if (change.setting !== 'status') return generations[change.setting] < change.generation;
  // The request to resume may be carried out at once.
  return change.status === 'paused' && arrivedAtMs > change.answeredAtMs && arrivedAtMs < (next?.sentAtMs ?? Infinity);
}

function describe(change: Change, { generations }: Arrival): string {
  return change.setting === 'status' ? 'while the endpoint was paused,' : `with generation ${generations[change.setting]} of its ${change.setting} instead of ${change.generation},`;
}
