import type { Arrival, Delivery, History, Origin, PostedEvent, TopicRecord } from './history.js';
import { acceptanceOf, acceptedIdOf, firstSentAtMs, isAccepted, isSuccess, lanesOf } from './lanes.js';
import { changesHold } from './changes-hold.js';
import { isExcused, MAY_ARRIVE_LATE, MAY_LOSE_OUTCOME, MAY_NOT_ARRIVE, STEPS_CLOCK } from './fault-windows.js';
import { NO_ANSWER } from './odd-responses.js';
import { rateLimitsHold } from './rate-limits-hold.js';
import { isDue, routesHold } from './routes-hold.js';

/** Findings printed for each rule; the rest are only counted. */
const MAX_EXAMPLES = 10;
/** Error of timers, and of readings in two processes. */
const CLOCK_TOLERANCE_MS = 60;
/** The sender's timeout starts earlier than the receiver's measurement, by at most this much. */
const TRANSIT_MS = 1_000;
/**
 * Without a fault, an outcome is committed within 5 s of the answer. Its statement waits for the one before it, and
 * Postgres cancels a dispatcher's statement after half a lease.
 */
const COMMIT_LIMIT_MS = 5_000;
/**
 * To send a request again at once, on a new connection. Proxy and receiver accept one connection in a turn of their event
 * loop, which took up to 6 s with a load of 15 on two cores. A takeover takes longer.
 */
const SEND_AGAIN_LIMIT_MS = 8_000;

type Rule = (history: History) => Iterable<string>;

/**
 * Lists the guarantees that a run broke, one line a finding; empty when all of them held. Trusts the clients' and the
 * receiver's records, and compares the system's own data with them.
 */
export function findingsIn(history: History): string[] {
  return RULES.flatMap(([name, rule]) => {
    const found = [...rule(history)];
    const examples = found.slice(0, MAX_EXAMPLES).map((finding) => `${name}: ${finding}`);
    return found.length > MAX_EXAMPLES ? [...examples, `${name}: … ${found.length} in total`] : examples;
  });
}

/** Every 202 for a key carries the same event id, from any gateway. A record becomes one event. */
function* oneIdPerKey({ events }: History): Iterable<string> {
  for (const { key, origin, tries, record } of events) {
    const ids = new Set(tries.flatMap(({ answer }) => (answer.kind === 'accepted' ? [answer.eventId] : [])));
    if (ids.size > 1) yield `the key ${key} was answered with ${[...ids].join(' and ')}${from(origin)}`;
    if (record !== undefined && record.eventIds.length > 1) yield `${recordNameOf(key, record)} became ${record.eventIds.join(' and ')}`;
  }
}

/** Every record of the topic becomes an event, and every acknowledged one is in the topic. */
function* everyRecordBecomesAnEvent({ events }: History): Iterable<string> {
  for (const event of events) {
    const { key, origin, record } = event;
    if (record === undefined) {
      if (origin === 'topic' && isAccepted(event)) yield `${key} was acknowledged by Kafka, but is not in the topic`;
    } else if (record.eventIds.length === 0) yield `${recordNameOf(key, record)} became no event`;
  }
}

/** A 202 is marked as replayed exactly if the key was stored before. A 202 stores a key; a refusal does not. */
function* acceptedKeysAreKnown({ events }: History): Iterable<string> {
  for (const { key, origin, tries } of events) {
    const first = tries.findIndex(({ answer }) => answer.kind === 'accepted');
    for (const [i, { answer }] of tries.entries()) {
      if (answer.kind !== 'accepted') continue;
      if (i > first && !answer.replayed) yield `${key} was accepted again as a new key${from(origin)}`;
      if (i === first && answer.replayed && tries.slice(0, i).every((before) => before.answer.kind === 'refused')) yield `the first 202 for ${key} is marked as replayed, but nothing had stored the key${from(origin)}`;
    }
  }
}

/** Every accepted event has one outcome at each endpoint that it matches, and that existed or starts before its first post. */
function* everyAcceptedEventHasAnOutcome({ events, endpoints, deliveries, faults }: History): Iterable<string> {
  const byRoute = Map.groupBy(deliveries.filter(({ replay }) => replay === 0), ({ endpoint, eventId }) => `${endpoint} ${eventId}`);
  for (const event of events) {
    const eventId = acceptedIdOf(event);
    if (eventId === undefined) continue;
    for (const endpoint of endpoints) {
      const found = byRoute.get(`${endpoint.id} ${eventId}`) ?? [];
      if (found.length > 1) yield `${eventId} has ${found.length} deliveries to ${endpoint.id}${from(event.origin)}`;
      if (found.length === 0 && isDue(endpoint, event, faults)) yield `${eventId} was accepted but never routed to ${endpoint.id}${from(event.origin)}`;
    }
  }
  for (const { eventId, endpoint, status } of deliveries) if (status === 'pending') yield `${eventId} to ${endpoint} has no outcome`;
}

/** Every delivery with status `delivered` got a complete 2xx. */
function* deliveredMeansAnswered2xx({ deliveries, arrivals }: History): Iterable<string> {
  const answered = new Set(arrivals.filter(isSuccess).map(routeOf));
  for (const delivery of deliveries) {
    if (delivery.status === 'delivered' && !answered.has(routeOf(delivery))) yield `${delivery.eventId} is marked delivered to ${delivery.endpoint}, which never answered it with a 2xx`;
  }
}

/** Only posted events arrive, never one whose posts were all refused, and only under the id of their 202. */
function* onlyAcceptedEventsArrive({ events, arrivals, endpoints }: History): Iterable<string> {
  const byKey = new Map(events.map((event) => [event.key, event]));
  const known = new Set(endpoints.map(({ id }) => id));
  for (const { eventId, key, endpoint } of arrivals) {
    const event = byKey.get(key);
    const acceptedId = event === undefined ? undefined : acceptedIdOf(event);
    if (!known.has(endpoint)) yield `${eventId} arrived at ${endpoint}, which is not an endpoint`;
    else if (event === undefined) yield `${eventId} arrived, but no client posted it (${key})`;
    else if (acceptedId !== undefined && acceptedId !== eventId) yield `${key} arrived as ${eventId} but was accepted as ${acceptedId}${from(event.origin)}`;
    else if (event.origin === 'topic' && event.record === undefined) yield `${eventId} arrived, but its record is not in the topic (${key})`;
    else if (event.tries.every(({ answer }) => answer.kind === 'refused')) yield `${eventId} arrived, but every post of it was refused (${key})${from(event.origin)}`;
  }
}

/** All attempts of a delivery carry the same ids, entity and sequence. */
function* attemptsShareIdentity({ arrivals }: History): Iterable<string> {
  const first = new Map<string, Arrival>();
  for (const arrival of arrivals) {
    const before = first.get(routeOf(arrival));
    if (before === undefined) first.set(routeOf(arrival), arrival);
    else if (before.deliveryId !== arrival.deliveryId || before.sequence !== arrival.sequence || before.entity !== arrival.entity || before.key !== arrival.key) {
      yield `${arrival.eventId} arrived as ${before.deliveryId} #${before.sequence} and as ${arrival.deliveryId} #${arrival.sequence}`;
    }
  }
}

/** A lane's sequences are 1 … n, each used once, and the receiver got the same ones. */
function* contiguousSequences(history: History): Iterable<string> {
  for (const { name, deliveries, arrivals } of lanesOf(history)) {
    const sequences = deliveries.map(({ sequence }) => sequence).sort((a, b) => a - b);
    const wrong = sequences.findIndex((sequence, i) => sequence !== i + 1);
    if (wrong >= 0) yield `${name} has #${sequences[wrong]} instead of #${wrong + 1}`;
    const storedSequences = new Map(deliveries.map(({ eventId, sequence }) => [eventId, sequence]));
    for (const { eventId, sequence } of arrivals) {
      const stored = storedSequences.get(eventId);
      if (stored !== undefined && stored !== sequence) yield `${name}: ${eventId} arrived as #${sequence} but is stored as #${stored}`;
    }
  }
}

/** First arrivals ascend; n+1 arrives first after n's complete 2xx, or after n's last attempt if n is dead. */
function* firstArrivalsInOrder(history: History): Iterable<string> {
  for (const lane of lanesOf(history)) {
    let highest = 0;
    for (const arrival of lane.firstArrivals) {
      const { sequence, eventId } = arrival;
      // A replayed dead letter that had never arrived may arrive out of order.
      if (sequence < highest && !arrival.replayed) yield `${lane.name}: #${sequence} (${eventId}) first arrived after #${highest}`;
      highest = Math.max(highest, sequence);
      if (sequence > 1 && !arrival.replayed && !lane.hadEnded(sequence - 1, arrival.arrivedAtMs)) {
        yield `${lane.name}: #${sequence} (${eventId}) arrived at ${arrival.arrivedAtMs.toFixed(0)} ms, before #${sequence - 1} ended`;
      }
    }
  }
}

/** An event sent after another event was acknowledged has a higher sequence than that event. */
function* sequencesFollowPosts(history: History): Iterable<string> {
  const posts = Map.groupBy(history.events, ({ entity }) => entity);
  for (const { name, entity, deliveries } of lanesOf(history)) {
    const sequences = sequencesOf(deliveries);
    const answered = (posts.get(entity) ?? []).flatMap(withSequence(sequences)).sort((a, b) => a.answeredAtMs - b.answeredAtMs);
    const sent = answered.toSorted((a, b) => a.sentAtMs - b.sentAtMs);
    let next = 0;
    /** The highest sequence among the events answered before this event was sent. */
    let highest: (typeof answered)[number] | undefined;
    for (const event of sent) {
      for (let before = answered[next]; before !== undefined && before.answeredAtMs < event.sentAtMs; before = answered[++next]) {
        if (highest === undefined || before.sequence > highest.sequence) highest = before;
      }
      if (highest !== undefined && highest.sequence > event.sequence) {
        yield `${name}: ${event.key} is #${event.sequence}, but it was sent after the 202 for ${highest.key}, which is #${highest.sequence}${from(event.origin)}`;
      }
    }
  }
}

/** Events of an entity have the order of their records in the topic. */
function* sequencesFollowRecords(history: History): Iterable<string> {
  const records = Map.groupBy(history.events.flatMap(({ record, ...event }) => (record === undefined ? [] : [{ ...event, record }])), ({ entity }) => entity);
  for (const { name, entity, deliveries } of lanesOf(history)) {
    const sequences = sequencesOf(deliveries);
    let before: { readonly offset: number; readonly sequence: number } | undefined;
    // A key has one partition, so offsets tell the order.
    for (const { key, record } of (records.get(entity) ?? []).toSorted((a, b) => a.record.offset - b.record.offset)) {
      const sequence = sequences.get(record.eventIds[0] ?? '');
      if (sequence === undefined) continue;
      if (before !== undefined && sequence < before.sequence) yield `${name}: ${recordNameOf(key, record)} is #${sequence}, but the record at offset ${before.offset} is #${before.sequence}`;
      before = { offset: record.offset, sequence };
    }
  }
}

function sequencesOf(deliveries: readonly Delivery[]): ReadonlyMap<string, number> {
  return new Map(deliveries.filter(({ replay }) => replay === 0).map(({ eventId, sequence }) => [eventId, sequence]));
}

function withSequence(sequences: ReadonlyMap<string, number>) {
  return (event: PostedEvent): { key: string; origin: Origin; sequence: number; sentAtMs: number; answeredAtMs: number }[] => {
    const sequence = sequences.get(acceptedIdOf(event) ?? '');
    const accepted = acceptanceOf(event);
    if (sequence === undefined || accepted === undefined) return [];
    return [{ key: event.key, origin: event.origin, sequence, sentAtMs: firstSentAtMs(event), answeredAtMs: accepted.answeredAtMs }];
  };
}

/** Pairs each repeated arrival with the one before it. A replay is no repeat of what it replays. */
function* repeatsIn(arrivals: readonly Arrival[]): Iterable<readonly [before: Arrival, again: Arrival]> {
  const last = new Map<string, Arrival>();
  for (const arrival of arrivals) {
    const before = last.get(routeOf(arrival));
    last.set(routeOf(arrival), arrival);
    if (before !== undefined && arrival.replayed === before.replayed) yield [before, arrival];
  }
}

/**
 * The sender sends a request again, at once and on a new connection, when the receiver has closed a used one without any
 * answer, or the rest of an earlier answer came on it. It is the same attempt, and no failed one.
 */
function isSentAgain(before: Arrival, again: Arrival): boolean {
  return before.closedReused && !again.closedReused && again.attempt === before.attempt && again.arrivedAtMs - before.endedAtMs <= SEND_AGAIN_LIMIT_MS;
}

/** A shard that is handed over waits only so long for an answer. The attempt is then cut off, and does not count. */
function isCutOffUnanswered(before: Arrival, again: Arrival): boolean {
  return before.oddity === NO_ANSWER && again.attempt === before.attempt && again.redelivered;
}

/** An event arrives again only after a counted failure, or when a fault may have lost the attempt's outcome. */
function* repeatsHaveACause({ arrivals, endpoints, faults }: History): Iterable<string> {
  const timeoutsMs = new Map(endpoints.map(({ id, timeoutMs }) => [id, timeoutMs]));
  for (const [before, again] of repeatsIn(arrivals)) {
    const timedOut = before.endedAtMs - before.arrivedAtMs >= (timeoutsMs.get(before.endpoint) ?? 0) - TRANSIT_MS;
    const failed = before.status === undefined ? timedOut : !isSuccess(before);
    // A sender that cuts off its own request does not count the attempt, so its number stays the same.
    if ((failed && again.attempt > before.attempt) || isSentAgain(before, again) || isCutOffUnanswered(before, again)) continue;
    if (isExcused(faults, MAY_LOSE_OUTCOME, before.arrivedAtMs, before.endedAtMs + COMMIT_LIMIT_MS)) continue;
    yield `${again.eventId} arrived again at ${again.arrivedAtMs.toFixed(0)} ms at ${again.endpoint} as attempt ${again.attempt}, although the one before ${endOf(before)} at ${before.endedAtMs.toFixed(0)} ms without a fault`;
  }
}

function endOf({ status, oddity, closedReused }: Arrival): string {
  if (closedReused) return 'was on a connection that the receiver closed or spoilt';
  return `${status === undefined ? 'was cut off' : `was answered with ${status}`}${oddity === undefined ? '' : ` (${oddity})`}`;
}

/** A repeat that is no counted retry carries lockstep-redelivered, unless its connection was closed. */
function* repeatsAreMarked({ arrivals, faults }: History): Iterable<string> {
  for (const [before, again] of repeatsIn(arrivals)) {
    if (again.attempt > before.attempt || again.redelivered || isSentAgain(before, again) || isExcused(faults, MAY_ARRIVE_LATE, again.arrivedAtMs, again.arrivedAtMs)) continue;
    yield `${again.eventId} arrived again at ${again.arrivedAtMs.toFixed(0)} ms at ${again.endpoint} as attempt ${again.attempt} without lockstep-redelivered`;
  }
}

/** No delivery is discarded. A dead or replayed delivery had all its attempts, unless a fault kept them from arriving. */
function* deadAfterAllAttempts(history: History): Iterable<string> {
  const { events, faults, retryScheduleMs } = history;
  const allowed = 1 + retryScheduleMs.length;
  const sentAtMs = new Map(events.map((event) => [acceptedIdOf(event), firstSentAtMs(event)]));
  for (const { name, arrivals, deliveries, firstArrivals } of lanesOf(history)) {
    const byEvent = Map.groupBy(arrivals, ({ eventId }) => eventId);
    for (const { eventId, sequence, status } of deliveries) {
      if (status === 'discarded') yield `${name}: #${sequence} (${eventId}) was discarded, but no operator discards here`;
      const own = byEvent.get(eventId) ?? [];
      const wasReplayed = own.some(({ replayed }) => replayed);
      if (status !== 'dead' && !wasReplayed) continue;
      // A replay allows the same number of attempts again and continues their numbering.
      const last = Math.max(0, ...own.filter(({ replayed }) => status === 'dead' || !replayed).map(({ attempt }) => attempt));
      const next = wasReplayed ? undefined : firstArrivals.find((arrival) => arrival.sequence > sequence && !arrival.replayed);
      if ((last > 0 && last % allowed === 0) || isExcused(faults, MAY_NOT_ARRIVE, sentAtMs.get(eventId) ?? 0, next?.arrivedAtMs ?? Infinity)) continue;
      yield `${name}: #${sequence} (${eventId}) was given up after attempt ${last} of ${allowed}, although no fault kept attempts from arriving`;
    }
  }
}

/** n does not arrive after n+1, unless a process was frozen or the network slow. */
function* nothingArrivesAfterItsSuccessor(history: History): Iterable<string> {
  for (const { name, arrivals } of lanesOf(history)) {
    let highest = 0;
    for (const { sequence, replayed, arrivedAtMs, eventId } of arrivals) {
      if (sequence < highest && !replayed && !isExcused(history.faults, MAY_ARRIVE_LATE, arrivedAtMs, arrivedAtMs)) {
        yield `${name}: #${sequence} (${eventId}) arrived at ${arrivedAtMs.toFixed(0)} ms, after #${highest}`;
      }
      if (!replayed) highest = Math.max(highest, sequence);
    }
  }
}

/** A lane has at most one open request. */
function* oneRequestAtATime(history: History): Iterable<string> {
  for (const { name, arrivals } of lanesOf(history)) {
    let open: Arrival | undefined;
    for (const arrival of arrivals) {
      if (open !== undefined && open.endedAtMs > arrival.arrivedAtMs && !isExcused(history.faults, MAY_ARRIVE_LATE, open.arrivedAtMs, arrival.arrivedAtMs)) {
        yield `${name}: #${arrival.sequence} (attempt ${arrival.attempt}) arrived at ${arrival.arrivedAtMs.toFixed(0)} ms while #${open.sequence} (attempt ${open.attempt}) was open`;
      }
      if (open === undefined || arrival.endedAtMs > open.endedAtMs) open = arrival;
    }
  }
}

/** A retry waits for at least the delay in the schedule. */
function* retriesWait({ arrivals, faults, retryScheduleMs }: History): Iterable<string> {
  for (const [before, again] of repeatsIn(arrivals)) {
    if (again.replayed || again.attempt !== before.attempt + 1) continue;
    const waitedMs = again.arrivedAtMs - before.endedAtMs;
    const delayMs = retryScheduleMs[before.attempt - 1] ?? 0;
    if (waitedMs >= delayMs - CLOCK_TOLERANCE_MS || isExcused(faults, STEPS_CLOCK, before.endedAtMs, again.arrivedAtMs)) continue;
    yield `${again.eventId}: attempt ${again.attempt} arrived ${waitedMs.toFixed(0)} ms after the one before instead of ${delayMs} ms`;
  }
}

const RULES = [
  ['id', oneIdPerKey],
  ['record', everyRecordBecomesAnEvent],
  ['known key', acceptedKeysAreKnown],
  ['outcome', everyAcceptedEventHasAnOutcome],
  ['route', routesHold],
  ['delivered', deliveredMeansAnswered2xx],
  ['foreign', onlyAcceptedEventsArrive],
  ['identity', attemptsShareIdentity],
  ['sequence', contiguousSequences],
  ['order', firstArrivalsInOrder],
  ['order of posts', sequencesFollowPosts],
  ['order of records', sequencesFollowRecords],
  ['repeat', repeatsHaveACause],
  ['redelivered', repeatsAreMarked],
  ['given up', deadAfterAllAttempts],
  ['late', nothingArrivesAfterItsSuccessor],
  ['overlap', oneRequestAtATime],
  ['retry', retriesWait],
  ['settings', changesHold],
  ['rate limit', rateLimitsHold],
  ['stale write', ({ staleWrites }) => staleWrites],
  ['parked', ({ parked }) => parked],
  ['verify', ({ imbalance }) => (imbalance === undefined ? [] : [imbalance])],
] as const satisfies readonly (readonly [name: string, rule: Rule])[];

/** Each finding of the checker starts with the name of its rule. */
export type RuleName = (typeof RULES)[number][0];

/** Where an event came from, at the end of a finding; posts are the usual case. */
function from(origin: Origin): string {
  return origin === 'api' ? '' : ` (from a ${origin})`;
}

function recordNameOf(key: string, { partition, offset }: TopicRecord): string {
  return `the record ${key} at ${partition}/${offset} of the topic`;
}

function routeOf({ endpoint, eventId }: Arrival | Delivery): string {
  return `${endpoint} ${eventId}`;
}
