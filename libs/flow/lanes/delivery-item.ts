import { attributesSize, type EventAttributes } from '#domain/event-attributes';
import type { DeliveryKey } from '#domain/ids';
import type { Sequenced } from '#domain/lane';

/** A delivery with everything that it takes to send it. */
export interface DeliveryItem extends Sequenced {
  readonly key: DeliveryKey;
  readonly tenant: string;
  readonly entity: string;
  readonly type: string;
  /** Null for an event that was posted to the API. */
  readonly source: string | null;
  readonly contentType: string;
  readonly traceparent: string | null;
  readonly attributes: EventAttributes | null;
  /** The payload; a short one as a string, one character a byte (latin1). `payloadOf` returns its bytes. */
  readonly payload: string | Buffer;
  /** A dead letter that is being replayed, or a new delivery of an event that was delivered. */
  readonly replayed: boolean;
  /** Attempts before its last replay: its retry schedule began again after them. */
  readonly replayedAttempts: number;
  /** When it is due, by this process's monotonic clock; in the past: at once. */
  readonly dueAtMs: number;
}

/** An item's bytes without its payload: objects, ids and strings, as measured. */
const OVERHEAD_BYTES = 768;

/**
 * Shorter buffers share slabs of 8 KiB, and each of them keeps a whole slab: they took four times their bytes. V8 compacts
 * strings. Longer buffers have memory of their own, outside V8's heap and its limit.
 */
const SHORT_BYTES = Buffer.poolSize >>> 1;

/** @param fields with the payload's bytes; the item keeps no memory that is shared with others */
export function deliveryItem(fields: Omit<DeliveryItem, 'bytes' | 'replayed' | 'payload'> & { readonly payload: Buffer }): DeliveryItem {
  const { sequence, key, tenant, entity, type, source, contentType, traceparent, attributes, payload, attempts, replayedAttempts, dueAtMs } = fields;
  return {
    sequence, key, tenant, entity, type, source, contentType, traceparent, attributes, payload: kept(payload), attempts, replayedAttempts, dueAtMs,
    replayed: key.replay > 0 || replayedAttempts > 0,
    bytes: payload.length + OVERHEAD_BYTES + (attributes === null ? 0 : attributesSize(attributes)),
  };
}

/** The bytes that were accepted. */
export function payloadOf({ payload }: Pick<DeliveryItem, 'payload'>): Buffer {
  return typeof payload === 'string' ? Buffer.from(payload, 'latin1') : payload;
}

function kept(payload: Buffer): string | Buffer {
  if (payload.length < SHORT_BYTES) return payload.toString('latin1');
  // What Kafka brought is a slice of the whole fetch.
  return payload.length === payload.buffer.byteLength ? payload : Buffer.from(payload);
}
