import { describe, expect, it } from '@jest/globals';
import { LockstepError } from '#domain/problem';
import { parseEventRequest } from './event-request.js';

const good = { type: 'order.created', entity: 'order-17', data: { amount: 1 } };
const body = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

function pathsRefused(bytes: Buffer): string[] {
  try {
    parseEventRequest(bytes);
    return [];
  } catch (error) {
    return error instanceof LockstepError && error.code === 'invalid_request' ? error.errors.map(({ path }) => path) : [String(error)];
  }
}

describe('parseEventRequest', () => {
  it('reads type, entity, timestamp and key, and ignores further members', () => {
    const value = { ...good, timestamp: '2026-01-01T00:00:00Z', idempotencyKey: 'k', extra: [1] };
    const request = parseEventRequest(body(value));
    expect(request).toEqual({ type: 'order.created', entity: 'order-17', occurredAt: new Date('2026-01-01T00:00:00Z'), idempotencyKey: 'k', value });
  });

  it("prefers the header's key to any key in the body", () => {
    expect(parseEventRequest(body({ ...good, idempotencyKey: 17 }), 'header').idempotencyKey).toBe('header');
  });

  it.each(['a', 'order.created', 'Order_Created-2.v1', 'x'.repeat(128)])('accepts the type %s', (type) => {
    expect(pathsRefused(body({ ...good, type }))).toEqual([]);
  });

  it.each([undefined, 1, '', '.', 'a.', '.a', 'a..b', 'a b', 'ä', 'a/b', 'x'.repeat(129)])('refuses the type %j', (type) => {
    expect(pathsRefused(body({ ...good, type }))).toEqual(['/type']);
  });

  it.each(['a', ' ', 'заказ/17', '😀'.repeat(255)])('accepts the entity %s', (entity) => {
    expect(pathsRefused(body({ ...good, entity }))).toEqual([]);
  });

  it.each([undefined, 1, '', 'a\u0000', 'a\u007f', 'a\u0085', '\ud800', 'x'.repeat(256), '😀'.repeat(256)])('refuses the entity %j', (entity) => {
    expect(pathsRefused(body({ ...good, entity }))).toEqual(['/entity']);
  });

  it('accepts any data, but requires some', () => {
    expect([null, 0, '', [], {}].map((data) => pathsRefused(body({ ...good, data })))).toEqual([[], [], [], [], []]);
    expect(pathsRefused(body({ type: 'a', entity: 'b' }))).toEqual(['/data']);
  });

  it('accepts null for optional members', () => {
    const request = parseEventRequest(body({ ...good, timestamp: null, idempotencyKey: null }));
    expect([request.occurredAt, request.idempotencyKey]).toEqual([undefined, undefined]);
  });

  it('names everything that is wrong at once', () => {
    expect(pathsRefused(body({ timestamp: 1 }))).toEqual(['/type', '/entity', '/data', '/timestamp']);
  });

  it.each([Buffer.from(''), Buffer.from('{'), Buffer.from('[]'), Buffer.from('null'), Buffer.from('"x"'), Buffer.from('\ufeff{}'), Buffer.from([0x7b, 0xff, 0x7d])])(
    'refuses a body that is no JSON object in UTF-8: %j',
    (bytes) => {
      expect(pathsRefused(bytes)).toEqual(['']);
    },
  );
});
