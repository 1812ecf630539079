import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { deliveryId, idBounds, mintedAtMs, mintId, NIL_ID, parseDeliveryId, parsePublicId, toPublicId } from './ids.js';

const deliveryKeys = fc.record({
  eventId: fc.uuid(),
  endpoint: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  replay: fc.integer({ min: 0, max: 0xffff }),
});

test('a public id is its prefix and 32 hex digits, and is read back', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.constantFrom('evt' as const, 'ep' as const, 'rpl' as const), (uuid, prefix) => {
      const id = toPublicId(prefix, uuid);
      expect(id).toMatch(/^(evt|ep|rpl)_[0-9a-f]{32}$/);
      expect(parsePublicId(prefix, id)).toBe(uuid);
    }),
  );
});

test.each(['', 'evt_', 'evt_0192', `ep_${'0'.repeat(32)}`, `evt_${'0'.repeat(31)}`, `evt_${'0'.repeat(33)}`, `evt_${'G'.repeat(32)}`, `evt_${'A'.repeat(32)}`, 'evt-' + '0'.repeat(32)])(
  '%j is no id of an event',
  (id) => {
    expect(parsePublicId('evt', id)).toBeUndefined();
  },
);

test('a delivery id stands for its key, and no two keys share one', () => {
  fc.assert(
    fc.property(deliveryKeys, deliveryKeys, (one, other) => {
      expect(parseDeliveryId(deliveryId(one))).toEqual(one);
      const sameKey = one.eventId === other.eventId && one.endpoint === other.endpoint && one.replay === other.replay;
      expect(deliveryId(one) === deliveryId(other)).toBe(sameKey);
    }),
  );
});

test.each(['', 'dlv_', `dlv_${'0'.repeat(43)}`, `dlv_${'0'.repeat(45)}`, `evt_${'0'.repeat(44)}`, `dlv_${'x'.repeat(44)}`])('%j is no id of a delivery', (id) => {
  expect(parseDeliveryId(id)).toBeUndefined();
});

test('a new id tells when it was minted, and ids of one process ascend', () => {
  const beforeMs = Date.now();
  const ids = Array.from({ length: 1_000 }, mintId);
  const afterMs = Date.now();
  expect([...ids].sort()).toEqual(ids);
  for (const id of ids) {
    expect(mintedAtMs(id)).toBeGreaterThanOrEqual(beforeMs);
    // The generator may run a little ahead of the clock when it mints many in one millisecond.
    expect(mintedAtMs(id)).toBeLessThanOrEqual(afterMs + 1);
  }
});

test("RFC 9562's example of a UUIDv7 was minted on 2022-02-22 at 19:22:22 UTC", () => {
  expect(new Date(mintedAtMs('017f22e2-79b0-7cc3-98c4-dc0c0c07398f')).toISOString()).toBe('2022-02-22T19:22:22.000Z');
});

test('the bounds of some ids hold all of them, and are two of them', () => {
  fc.assert(
    fc.property(fc.array(fc.uuid(), { minLength: 1 }), (ids) => {
      const { firstId, lastId } = idBounds(ids);
      expect([firstId, lastId]).toEqual([[...ids].sort()[0], [...ids].sort().at(-1)]);
    }),
  );
  expect(idBounds([])).toEqual({ firstId: NIL_ID, lastId: NIL_ID });
});
