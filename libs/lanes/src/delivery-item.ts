import type { DeliveryKey } from '#domain/ids';
import type { Sequenced } from '#domain/lane';

/** A delivery with all that it takes to send it. */
export interface DeliveryItem extends Sequenced {
  readonly key: DeliveryKey;
  readonly tenant: string;
  readonly entity: string;
  readonly type: string;
  readonly contentType: string;
  readonly traceparent: string | null;
  /**
   * The payload, a character a byte (latin1). V8 keeps strings close together, whereas small buffers share slabs of
   * 8 KiB, of which each that waits keeps a whole one: they took four times what is in them.
   */
  readonly payload: string;
  /** A dead letter that is being replayed, or a new delivery of an event that was delivered. */
  readonly replayed: boolean;
  /** Attempts before its last replay: its retry schedule has begun anew after them. */
  readonly replayedAttempts: number;
  /** When it is due, by this process's monotonic clock; in the past: at once. */
  readonly dueAtMs: number;
}

/** What an item costs beside its payload: objects, ids and strings, measured. */
const OVERHEAD_BYTES = 768;

/** @param fields with the payload's bytes; the item keeps no part of that buffer */
export function deliveryItem(fields: Omit<DeliveryItem, 'bytes' | 'replayed' | 'payload'> & { readonly payload: Buffer }): DeliveryItem {
  const { sequence, key, tenant, entity, type, contentType, traceparent, payload, attempts, replayedAttempts, dueAtMs } = fields;
  return {
    sequence, key, tenant, entity, type, contentType, traceparent, payload: payload.toString('latin1'), attempts, replayedAttempts, dueAtMs,
    replayed: key.replay > 0 || replayedAttempts > 0,
    bytes: payload.length + OVERHEAD_BYTES,
  };
}
