import { describe, expect, it } from '@jest/globals';
import { deliveryId } from '#domain/ids';
import { keyOf, positionOf } from './request-key.js';

const request = { mode: 'request', keyRequired: false } as const;
const webhook = { mode: 'webhook', keyRequired: false } as const;

describe('keyOf', () => {
  it('prefers the standard header, and allows a missing key where none is required', () => {
    expect(keyOf({ 'idempotency-key': '"a"', 'x-idempotency-key': 'b' }, request)).toBe('a');
    expect(keyOf({ 'x-idempotency-key': 'b' }, request)).toBe('b');
    expect(keyOf({ 'webhook-id': 'c' }, request)).toBeUndefined();
  });

  it('prefers the delivery id of a webhook to its event id, and ignores other headers', () => {
    expect(keyOf({ 'lockstep-delivery': 'dlv_1', 'webhook-id': 'evt_1', 'idempotency-key': 'a' }, webhook)).toBe('dlv_1');
    expect(keyOf({ 'webhook-id': 'evt_1' }, webhook)).toBe('evt_1');
    expect(keyOf({ 'idempotency-key': 'a' }, webhook)).toBeUndefined();
  });

  it('refuses an invalid key, naming its header, and a missing one where it is required', () => {
    expect(() => keyOf({ 'x-idempotency-key': 'a b' }, request)).toThrow(expect.objectContaining({ code: 'invalid_idempotency_key', errors: [expect.objectContaining({ path: 'X-Idempotency-Key' })] }));
    expect(() => keyOf({}, { ...request, keyRequired: true })).toThrow(expect.objectContaining({ code: 'idempotency_key_required', message: expect.stringContaining('Idempotency-Key') }));
    expect(() => keyOf({}, { ...webhook, keyRequired: true })).toThrow(expect.objectContaining({ message: expect.stringContaining('Webhook-Id') }));
  });
});

describe('positionOf', () => {
  const delivery = (endpoint: number): string => deliveryId({ eventId: '01920000-0000-7000-8000-000000000000', endpoint, replay: 0 });
  const headers = { 'lockstep-delivery': delivery(1), 'lockstep-entity': 'order-1', 'lockstep-sequence': '7' };

  it('is the lane of endpoint and entity, and a number', () => {
    const lane = positionOf(headers)?.lane;
    expect(positionOf(headers)).toEqual({ lane: expect.stringMatching(/^[0-9a-f]{32}$/), sequence: 7 });
    expect(positionOf({ ...headers, 'lockstep-entity': 'order-2' })?.lane).not.toBe(lane);
    expect(positionOf({ ...headers, 'lockstep-delivery': delivery(2) })?.lane).not.toBe(lane);
  });

  it('is undefined for replays and for requests from elsewhere', () => {
    for (const other of [{ ...headers, 'lockstep-replay': 'true' }, {}, { ...headers, 'lockstep-sequence': '0' }, { ...headers, 'lockstep-sequence': '1e3' }]) expect(positionOf(other)).toBeUndefined();
  });
});
