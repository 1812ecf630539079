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
  readonly payload: Buffer;
}

/** What an item costs beside its payload: objects, ids and strings. */
const OVERHEAD_BYTES = 512;

export function deliveryItem(fields: Omit<DeliveryItem, 'bytes'>): DeliveryItem {
  const { sequence, key, tenant, entity, type, contentType, traceparent, payload } = fields;
  return { sequence, key, tenant, entity, type, contentType, traceparent, payload, bytes: payload.length + OVERHEAD_BYTES };
}
