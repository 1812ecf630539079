import type { KeyObject } from 'node:crypto';
import { VERSION } from '#ground/config/version';
import type { EventAttributes } from '#domain/event-attributes';
import { deliveryId, toPublicId, type DeliveryKey } from '#domain/ids';
import { webhookSignature } from './signature.js';

/** The contents of one attempt's headers. */
export interface AttemptFacts {
  readonly key: DeliveryKey;
  readonly type: string;
  readonly entity: string;
  /** The name of the source, which is ASCII; null for an event that was posted to the API. */
  readonly source: string | null;
  readonly contentType: string;
  readonly traceparent: string | null;
  readonly attributes: EventAttributes | null;
  readonly payload: Buffer;
  /** Undefined for an endpoint with ordering "none". */
  readonly position: { readonly sequence: number; readonly previousSequence: number } | undefined;
  readonly attempt: number;
  readonly replayed: boolean;
  readonly redelivered: boolean;
}

const USER_AGENT = `Lockstep/${VERSION}`;

/** The headers of one attempt: names and values alternately. */
export function deliveredHeaders(facts: AttemptFacts, signingKeys: readonly KeyObject[], custom: Readonly<Record<string, string>>, nowMs: number): string[] {
  const { key, position } = facts;
  const id = toPublicId('evt', key.eventId);
  const timestampSeconds = Math.floor(nowMs / 1_000);
  const headers = [
    'content-type', facts.contentType,
    'user-agent', USER_AGENT,
    'webhook-id', id,
    'webhook-timestamp', String(timestampSeconds),
    'webhook-signature', webhookSignature(signingKeys, id, timestampSeconds, facts.payload),
    'lockstep-delivery', deliveryId(key),
    'lockstep-type', facts.type,
    // Header values are ASCII; an entity is any Unicode text.
    'lockstep-entity', encodeURIComponent(facts.entity),
    'lockstep-attempt', String(facts.attempt),
    'traceparent', facts.traceparent ?? traceparentOf(facts),
  ];
  if (facts.source !== null) headers.push('lockstep-source', facts.source);
  if (position !== undefined) headers.push('lockstep-sequence', String(position.sequence), 'lockstep-previous-sequence', String(position.previousSequence));
  if (facts.replayed) headers.push('lockstep-replay', 'true');
  if (facts.redelivered) headers.push('lockstep-redelivered', 'true');
  for (const [name, value] of Object.entries(custom)) headers.push(name, value);
  if (facts.attributes !== null) pushAttributes(headers, facts.attributes, custom);
  return headers;
}

/** An endpoint's custom header wins: its owner chose it for this receiver, and a producer must not replace a credential. */
function pushAttributes(headers: string[], attributes: EventAttributes, custom: Readonly<Record<string, string>>): void {
  const taken = new Set(Object.keys(custom).map((name) => name.toLowerCase()));
  for (const [name, value] of Object.entries(attributes)) {
    if (!taken.has(name)) headers.push(name, value);
  }
}

/**
 * A W3C trace context for an event without one. The event's id is the trace id, so that its attempts at all endpoints share
 * a trace; the span id holds endpoint and attempt. Not sampled.
 */
function traceparentOf({ key, attempt }: AttemptFacts): string {
  const span = key.endpoint.toString(16).padStart(8, '0') + attempt.toString(16).padStart(8, '0').slice(-8);
  return `00-${key.eventId.replaceAll('-', '')}-${span}-00`;
}
