import type { Arrival, Delivery, History, PostedEvent } from './history.js';
import { acceptanceOf, acceptedIdOf, isSuccess, lanesOf } from './lanes.js';
import { inAnyFault, LATE, LOSING, STEPPING, UNREACHABLE } from './fault-windows.js';

/** Examples of one kind that are told; of the rest, their number. */
const MOST_EXAMPLES = 10;
/** Timers and two clocks' reading are no more exact than this. */
const EARLY_MS = 60;
/** By how much less than its timeout an attempt may seem to have lasted at the receiver: it began at the sender. */
const UNDER_WAY_MS = 1_000;
/**
 * How long after its answer an attempt's outcome may not be committed yet, without a fault: the statement that takes it
 * waits for the one before, and Postgres ends a statement of a dispatcher's after half a lease, 5 s.
 */
const UNCOMMITTED_MS = 5_000;

type Rule = (history: History) => Iterable<string>;

/**
 * What of the guarantees (design, 1) a run has broken, a line a finding; empty when they held. It believes clients and
 * receivers; what the system says of itself is compared with them.
 */
export function findingsIn(history: History): string[] {
  return RULES.flatMap(([name, rule]) => {
    const found = [...rule(history)];
    const examples = found.slice(0, MOST_EXAMPLES).map((finding) => `${name}: ${finding}`);
    return found.length > MOST_EXAMPLES ? [...examples, `${name}: … ${found.length} in all`] : examples;
  });
}

/** A key stands for one event, whoever was asked however often. */
function* oneIdAKey({ events }: History): Iterable<string> {
  for (const { key, tries } of events) {
    const ids = new Set(tries.flatMap(({ answer }) => (answer.kind === 'accepted' ? [answer.eventId] : [])));
    if (ids.size > 1) yield `the key ${key} was answered with ${[...ids].join(' and ')}`;
  }
}

/** A 202 says whether the key was known: it is known after a 202, and not after refusals only, which stored nothing. */
function* keysAreKnownOnceAccepted({ events }: History): Iterable<string> {
  for (const { key, tries } of events) {
    const first = tries.findIndex(({ answer }) => answer.kind === 'accepted');
    for (const [i, { answer }] of tries.entries()) {
      if (answer.kind !== 'accepted') continue;
      if (i > first && !answer.replayed) yield `${key} was accepted again, by a gateway that should have known it`;
      if (i === first && answer.replayed && tries.slice(0, i).every((before) => before.answer.kind === 'refused')) yield `${key} was known at its first 202, and had not been stored before`;
    }
  }
}

/** Every 202 has one outcome at each endpoint that it had to be routed to. */
function* everyAcceptedEventEnds({ events, endpoints, deliveries }: History): Iterable<string> {
  const byPlace = Map.groupBy(deliveries.filter(({ replay }) => replay === 0), ({ endpoint, eventId }) => `${endpoint} ${eventId}`);
  for (const event of events) {
    const eventId = acceptedIdOf(event);
    if (eventId === undefined) continue;
    for (const endpoint of endpoints) {
      const found = byPlace.get(`${endpoint.id} ${eventId}`) ?? [];
      if (found.length > 1) yield `${eventId} has ${found.length} deliveries to ${endpoint.id}`;
      if (found.length === 0 && firstSentAtMs(event) > endpoint.createdAtMs) yield `${eventId} was accepted and never routed to ${endpoint.id}`;
    }
  }
  for (const { eventId, endpoint, status } of deliveries) if (status === 'pending') yield `${eventId} to ${endpoint} has no outcome`;
}

/** What is called delivered got a whole 2xx. */
function* deliveredIsTrue({ deliveries, arrivals }: History): Iterable<string> {
  const seen = new Set(arrivals.filter(isSuccess).map(placeOf));
  for (const delivery of deliveries) {
    if (delivery.status === 'delivered' && !seen.has(placeOf(delivery))) yield `${delivery.eventId} is called delivered to ${delivery.endpoint}, which never answered it with a 2xx`;
  }
}

/** Nothing arrives that a client didn't post, or was told is not stored, or under another id than it was told. */
function* onlyWhatWasAccepted({ events, arrivals, endpoints }: History): Iterable<string> {
  const byKey = new Map(events.map((event) => [event.key, event]));
  const known = new Set(endpoints.map(({ id }) => id));
  for (const { eventId, key, endpoint } of arrivals) {
    const event = byKey.get(key);
    const acceptedId = event === undefined ? undefined : acceptedIdOf(event);
    if (!known.has(endpoint)) yield `${eventId} arrived at ${endpoint}, which is no endpoint`;
    else if (event === undefined) yield `${eventId} arrived, and nobody posted it (${key})`;
    else if (acceptedId !== undefined && acceptedId !== eventId) yield `${key} arrived as ${eventId} and was accepted as ${acceptedId}`;
    else if (event.tries.every(({ answer }) => answer.kind === 'refused')) yield `${eventId} arrived, and its every post was refused (${key})`;
  }
}

/** The same ids and place on each attempt. */
function* oneIdOnAllAttempts({ arrivals }: History): Iterable<string> {
  const first = new Map<string, Arrival>();
  for (const arrival of arrivals) {
    const before = first.get(placeOf(arrival));
    if (before === undefined) first.set(placeOf(arrival), arrival);
    else if (before.deliveryId !== arrival.deliveryId || before.sequence !== arrival.sequence || before.entity !== arrival.entity || before.key !== arrival.key) {
      yield `${arrival.eventId} came as ${before.deliveryId} #${before.sequence} and as ${arrival.deliveryId} #${arrival.sequence}`;
    }
  }
}

/** A lane's sequences are 1 … n, each of one event, and are what the receiver was told. */
function* contiguousSequences(history: History): Iterable<string> {
  for (const { name, deliveries, arrivals } of lanesOf(history)) {
    const sequences = deliveries.map(({ sequence }) => sequence).sort((a, b) => a - b);
    const wrong = sequences.findIndex((sequence, i) => sequence !== i + 1);
    if (wrong >= 0) yield `${name} has #${sequences[wrong]} where #${wrong + 1} belongs`;
    const told = new Map(deliveries.map(({ eventId, sequence }) => [eventId, sequence]));
    for (const { eventId, sequence } of arrivals) {
      const stored = told.get(eventId);
      if (stored !== undefined && stored !== sequence) yield `${name}: ${eventId} arrived as #${sequence} and is #${stored}`;
    }
  }
}

/** First arrivals ascend, and n+1's comes after n's whole 2xx, or after n was given up. */
function* firstArrivalsInOrder(history: History): Iterable<string> {
  for (const lane of lanesOf(history)) {
    let highest = 0;
    for (const arrival of lane.firstArrivals) {
      const { sequence, eventId } = arrival;
      // A dead letter that never arrived comes late when it is replayed, and may.
      if (sequence < highest && !arrival.replayed) yield `${lane.name}: #${sequence} (${eventId}) arrived first after #${highest} had`;
      highest = Math.max(highest, sequence);
      if (sequence > 1 && !arrival.replayed && !lane.wasOver(sequence - 1, arrival.arrivedAtMs)) {
        yield `${lane.name}: #${sequence} (${eventId}) arrived at ${arrival.arrivedAtMs.toFixed(0)} ms, before #${sequence - 1} was over`;
      }
    }
  }
}

/** What a client sent after a 202 comes after what that 202 was for. */
function* postedOrder(history: History): Iterable<string> {
  const posts = Map.groupBy(history.events, ({ entity }) => entity);
  for (const { name, entity, deliveries } of lanesOf(history)) {
    const sequences = new Map(deliveries.filter(({ replay }) => replay === 0).map(({ eventId, sequence }) => [eventId, sequence]));
    // Events whose 202 came, in the order of the 202; the highest sequence among those answered so far.
    const answered = (posts.get(entity) ?? []).flatMap(placed(sequences)).sort((a, b) => a.answeredAtMs - b.answeredAtMs);
    const sent = answered.toSorted((a, b) => a.sentAtMs - b.sentAtMs);
    let next = 0;
    let highest: (typeof answered)[number] | undefined;
    for (const event of sent) {
      for (let before = answered[next]; before !== undefined && before.answeredAtMs < event.sentAtMs; before = answered[++next]) {
        if (highest === undefined || before.sequence > highest.sequence) highest = before;
      }
      if (highest !== undefined && highest.sequence > event.sequence) {
        yield `${name}: ${event.key} is #${event.sequence} and was sent after the 202 for ${highest.key}, which is #${highest.sequence}`;
      }
    }
  }
}

function placed(sequences: ReadonlyMap<string, number>) {
  return (event: PostedEvent): { key: string; sequence: number; sentAtMs: number; answeredAtMs: number }[] => {
    const sequence = sequences.get(acceptedIdOf(event) ?? '');
    const accepted = acceptanceOf(event);
    if (sequence === undefined || accepted === undefined) return [];
    return [{ key: event.key, sequence, sentAtMs: firstSentAtMs(event), answeredAtMs: accepted.answeredAtMs }];
  };
}

/** Each arrival of a delivery with the one before; a replay begins anew. */
function* repeatsIn(arrivals: readonly Arrival[]): Iterable<readonly [before: Arrival, again: Arrival]> {
  const last = new Map<string, Arrival>();
  for (const arrival of arrivals) {
    const before = last.get(placeOf(arrival));
    last.set(placeOf(arrival), arrival);
    if (before !== undefined && arrival.replayed === before.replayed) yield [before, arrival];
  }
}

/** An event comes again only after a failure that was counted, or when a fault may have lost what became of it. */
function* repeatsHaveACause({ arrivals, endpoints, faults }: History): Iterable<string> {
  const timeoutsMs = new Map(endpoints.map(({ id, timeoutMs }) => [id, timeoutMs]));
  for (const [before, again] of repeatsIn(arrivals)) {
    const timedOut = before.endedAtMs - before.arrivedAtMs >= (timeoutsMs.get(before.endpoint) ?? 0) - UNDER_WAY_MS;
    const failed = before.status === undefined ? timedOut : !isSuccess(before);
    // A sender that cuts its own request off doesn't count it: the number stays.
    if (failed && again.attempt > before.attempt) continue;
    if (inAnyFault(faults, LOSING, before.arrivedAtMs, before.endedAtMs + UNCOMMITTED_MS)) continue;
    const what = before.status === undefined ? 'being cut off' : `a ${before.status}`;
    yield `${again.eventId} came again at ${again.arrivedAtMs.toFixed(0)} ms to ${again.endpoint} as attempt ${again.attempt}, after ${what} at ${before.endedAtMs.toFixed(0)} ms and without a fault`;
  }
}

/** What comes again without having been counted says that it may have come before. */
function* repeatsSaySo({ arrivals, faults }: History): Iterable<string> {
  for (const [before, again] of repeatsIn(arrivals)) {
    if (again.attempt > before.attempt || again.redelivered || inAnyFault(faults, LATE, again.arrivedAtMs, again.arrivedAtMs)) continue;
    yield `${again.eventId} came again at ${again.arrivedAtMs.toFixed(0)} ms to ${again.endpoint} as attempt ${again.attempt} without lockstep-redelivered`;
  }
}

/** Nobody discards here; and what is dead, or was before it was replayed, has had all its attempts, as far as they could arrive. */
function* givenUpAtLast(history: History): Iterable<string> {
  const { events, faults, retryScheduleMs } = history;
  const allowed = 1 + retryScheduleMs.length;
  const sentAtMs = new Map(events.map((event) => [acceptedIdOf(event), firstSentAtMs(event)]));
  for (const { name, arrivals, deliveries, firstArrivals } of lanesOf(history)) {
    const byEvent = Map.groupBy(arrivals, ({ eventId }) => eventId);
    for (const { eventId, sequence, status } of deliveries) {
      if (status === 'discarded') yield `${name}: #${sequence} (${eventId}) was discarded, and nobody had said so`;
      const own = byEvent.get(eventId) ?? [];
      const wasReplayed = own.some(({ replayed }) => replayed);
      if (status !== 'dead' && !wasReplayed) continue;
      // A replay allows as many again, and their numbers go on.
      const last = Math.max(0, ...own.filter(({ replayed }) => status === 'dead' || !replayed).map(({ attempt }) => attempt));
      const next = wasReplayed ? undefined : firstArrivals.find((arrival) => arrival.sequence > sequence && !arrival.replayed);
      if ((last > 0 && last % allowed === 0) || inAnyFault(faults, UNREACHABLE, sentAtMs.get(eventId) ?? 0, next?.arrivedAtMs ?? Infinity)) continue;
      yield `${name}: #${sequence} (${eventId}) was given up after attempt ${last}, with ${allowed} allowed and nothing that kept others from arriving`;
    }
  }
}

/** Once n+1 has arrived, n is over: what comes of n later was sent by a frozen process, or was long under way. */
function* nothingComesBack(history: History): Iterable<string> {
  for (const { name, arrivals } of lanesOf(history)) {
    let highest = 0;
    for (const { sequence, replayed, arrivedAtMs, eventId } of arrivals) {
      if (sequence < highest && !replayed && !inAnyFault(history.faults, LATE, arrivedAtMs, arrivedAtMs)) {
        yield `${name}: #${sequence} (${eventId}) came again at ${arrivedAtMs.toFixed(0)} ms, after #${highest} had arrived`;
      }
      if (!replayed) highest = Math.max(highest, sequence);
    }
  }
}

/** One lane, one request at a time. */
function* oneRequestAtATime(history: History): Iterable<string> {
  for (const { name, arrivals } of lanesOf(history)) {
    let open: Arrival | undefined;
    for (const arrival of arrivals) {
      if (open !== undefined && open.endedAtMs > arrival.arrivedAtMs && !inAnyFault(history.faults, LATE, open.arrivedAtMs, arrival.arrivedAtMs)) {
        yield `${name}: #${arrival.sequence} (attempt ${arrival.attempt}) arrived at ${arrival.arrivedAtMs.toFixed(0)} ms while #${open.sequence} (attempt ${open.attempt}) was being answered`;
      }
      if (open === undefined || arrival.endedAtMs > open.endedAtMs) open = arrival;
    }
  }
}

/** A retry waits as long as the schedule says. */
function* retriesWait({ arrivals, faults, retryScheduleMs }: History): Iterable<string> {
  for (const [before, again] of repeatsIn(arrivals)) {
    if (again.replayed || again.attempt !== before.attempt + 1) continue;
    const waitedMs = again.arrivedAtMs - before.endedAtMs;
    const delayMs = retryScheduleMs[before.attempt - 1] ?? 0;
    if (waitedMs >= delayMs - EARLY_MS || inAnyFault(faults, STEPPING, before.endedAtMs, again.arrivedAtMs)) continue;
    yield `${again.eventId}: attempt ${again.attempt} came ${waitedMs.toFixed(0)} ms after the one before, which is to be ${delayMs} ms`;
  }
}

const RULES = [
  ['id', oneIdAKey],
  ['known key', keysAreKnownOnceAccepted],
  ['outcome', everyAcceptedEventEnds],
  ['delivered', deliveredIsTrue],
  ['foreign', onlyWhatWasAccepted],
  ['identity', oneIdOnAllAttempts],
  ['sequence', contiguousSequences],
  ['order', firstArrivalsInOrder],
  ['order of posts', postedOrder],
  ['repeat', repeatsHaveACause],
  ['redelivered', repeatsSaySo],
  ['given up', givenUpAtLast],
  ['late', nothingComesBack],
  ['overlap', oneRequestAtATime],
  ['retry', retriesWait],
  ['witness', ({ witnessed }) => witnessed],
  ['parked', ({ parked }) => parked],
  ['verify', ({ imbalance }) => (imbalance === undefined ? [] : [imbalance])],
] as const satisfies readonly (readonly [name: string, rule: Rule])[];

/** What findings of the checker begin with. */
export type RuleName = (typeof RULES)[number][0];

function firstSentAtMs({ tries }: PostedEvent): number {
  return Math.min(...tries.map(({ sentAtMs }) => sentAtMs));
}

function placeOf({ endpoint, eventId }: Arrival | Delivery): string {
  return `${endpoint} ${eventId}`;
}
