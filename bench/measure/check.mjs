/**
 * Compares what the receiver saw with what the load generator got as answers. Both use the same clock.
 *
 * Order is broken when an event arrives before an earlier event of its entity, one whose 202 came before this event was
 * sent. Posts that overlap in time may arrive in either order.
 * @param {Posted[]} posted
 * @param {Arrival[]} arrivals in order of arrival
 * @typedef {{ key: string, sentMs: number, acceptedMs: number, accepted: boolean }} Posted
 * @typedef {{ key: string, arrivedMs: number, entity: string, number: number }} Arrival
 */
export function checkDeliveries(posted, arrivals) {
  const postedByKey = new Map(posted.map((event) => [event.key, event]));
  const first = new Map();
  for (const arrival of arrivals) {
    if (!first.has(arrival.key)) first.set(arrival.key, arrival);
  }
  return {
    lost: posted.filter(({ key, accepted }) => accepted && !first.has(key)).length,
    duplicates: arrivals.length - first.size,
    orderBreaks: countOrderBreaks([...first.values()], postedByKey),
    unknown: arrivals.filter(({ key }) => !postedByKey.has(key)).length,
  };
}

function countOrderBreaks(arrivals, postedByKey) {
  let breaks = 0;
  // For each entity, the earliest acceptance among the events that arrived later.
  const earliestLater = new Map();
  for (const { key, entity } of arrivals.toReversed()) {
    const event = postedByKey.get(key);
    if (event === undefined) continue;
    const earliestMs = earliestLater.get(entity) ?? Infinity;
    if (earliestMs < event.sentMs) breaks++;
    if (event.accepted) earliestLater.set(entity, Math.min(earliestMs, event.acceptedMs));
  }
  return breaks;
}

/**
 * The same check for events that an SQL statement stored in the order of their numbers: each entity's events must arrive
 * in that order.
 * @param {number} events
 * @param {Arrival[]} arrivals in order of arrival
 */
export function checkStored(events, arrivals) {
  const seen = new Set();
  const highest = new Map();
  let orderBreaks = 0;
  for (const { key, entity, number } of arrivals) {
    if (seen.has(key)) continue;
    seen.add(key);
    if (number < (highest.get(entity) ?? -1)) orderBreaks++;
    else highest.set(entity, number);
  }
  return { lost: Math.max(0, events - seen.size), duplicates: arrivals.length - seen.size, orderBreaks, unknown: Math.max(0, seen.size - events) };
}

/** Milliseconds from each event's due time to its first arrival. @param {Posted[]} posted @param {Arrival[]} arrivals */
export function latenciesMs(posted, arrivals) {
  const sentMs = new Map(posted.map((event) => [event.key, event.sentMs]));
  const seen = new Set();
  const first = arrivals.filter(({ key }) => sentMs.has(key) && !seen.has(key) && seen.add(key));
  return first.map(({ key, arrivedMs }) => arrivedMs - sentMs.get(key));
}

/** @returns {Posted[]} */
export function parseLog(text) {
  return linesOf(text).map(([key, sentMs, acceptedMs, status]) => ({ key, sentMs: Number(sentMs), acceptedMs: Number(acceptedMs), accepted: /^2\d\d$/.test(status) }));
}

/** @returns {Arrival[]} */
export function parseArrivals(text) {
  return linesOf(text).map(([key, arrivedMs, entity, number]) => ({ key, arrivedMs: Number(arrivedMs), entity, number: Number(number) }));
}

function linesOf(text) {
  return text === '' ? [] : text.trimEnd().split('\n').map((line) => line.split(','));
}
