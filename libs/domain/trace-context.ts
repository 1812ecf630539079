/** A span as others refer to it (W3C Trace Context): 32 and 16 hex digits. */
export interface SpanIds {
  readonly traceId: string;
  readonly spanId: string;
}

/** Spans that an event has once. */
export type EventStage = 'accept' | 'publish' | 'process';

/**
 * The first digit of a stage's span id, without its lower two bits. The variant of a UUID takes two bits, which are always
 * `10`: with other values there the same random digits make further ids.
 */
const STAGE_BITS: Readonly<Record<EventStage, number>> = { accept: 0x8, publish: 0x4, process: 0xc };

/** The trace of an event: the one of its `traceparent`; without one its own, which has the event's id. */
export function traceIdOf(eventId: string, traceparent: string | null | undefined): string {
  return traceparent?.slice(3, 35) ?? eventId.replaceAll('-', '');
}

/** The client's span, under which the event was accepted. */
export function clientSpanIdOf(traceparent: string | null | undefined): string | undefined {
  return traceparent?.slice(36, 52);
}

/**
 * The id of an event's span. It follows from the event's id, so that every process knows the ids of the spans that others
 * make, and nothing is stored for it.
 */
export function spanIdOf(eventId: string, stage: EventStage): string {
  const first = STAGE_BITS[stage] | (parseInt(eventId.charAt(19), 16) & 0x3);
  return first.toString(16) + eventId.slice(20, 23) + eventId.slice(24);
}

/**
 * Whether an event's spans are recorded, with this share of all events. The last 32 bits of the event's id decide: they are
 * random, and all processes come to the same answer. A client chooses neither them nor, therefore, our load, as it would with
 * its trace id. A client that says "not sampled" is obeyed.
 */
export function isSampled(eventId: string, traceparent: string | null | undefined, ratio: number): boolean {
  if (typeof traceparent === 'string' && (parseInt(traceparent.slice(54), 16) & 1) === 0) return false;
  return parseInt(eventId.slice(28), 16) < ratio * 2 ** 32;
}

/** The header that makes its reader's spans children of this one. */
export function traceparentOfSpan({ traceId, spanId }: SpanIds): string {
  return `00-${traceId}-${spanId}-01`;
}
