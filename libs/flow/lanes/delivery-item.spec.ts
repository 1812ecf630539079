import { describe, expect, it } from '@jest/globals';
import { type DeliveryItem, deliveryItem, payloadOf } from './delivery-item.js';

const itemOf = (payload: Buffer): DeliveryItem =>
  deliveryItem({
    sequence: 1, key: { eventId: '0197c9b0-0000-7000-8000-000000000001', endpoint: 1, replay: 0 }, tenant: 'default', entity: 'order-1', type: 'order.paid',
    source: null, contentType: 'application/json', traceparent: null, attributes: null, payload, attempts: 0, replayedAttempts: 0, dueAtMs: -Infinity,
  });

describe('deliveryItem', () => {
  it.each([0, 1, 256, 4_095, 4_096, 262_144])('gives back any %i bytes of a payload', (length) => {
    const payload = Buffer.from(Array.from({ length }, (_, i) => i % 256));
    expect(payloadOf(itemOf(payload)).equals(payload)).toBe(true);
  });

  it('keeps none of the memory that the payload shares with others', () => {
    const fetched = Buffer.alloc(1_000_000, 1);
    for (const length of [100, 100_000]) {
      const item = itemOf(fetched.subarray(0, length));
      fetched.fill(2);
      expect(payloadOf(item).equals(Buffer.alloc(length, 1))).toBe(true);
      fetched.fill(1);
    }
  });

  it('keeps large payloads outside of the heap, which is bounded', () => {
    expect(itemOf(Buffer.alloc(100_000)).payload).toBeInstanceOf(Buffer);
  });
});
