import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fuzz } from '#dev/testing/fuzz';
import { hostileHeader, hostileSegment } from '#dev/testing/hostile-input';
import { faultOf, requestBytes, sendRaw } from '#dev/testing/raw-http';
import type { Backend } from '../fixtures/backend.js';
import { type Answer, type Client, newKey, replayed } from '../fixtures/client.js';
import { ProxyUnderTest } from '../fixtures/proxy-under-test.js';

let proxy: ProxyUnderTest;
let backend: Backend;
let client: Client;

beforeAll(async () => {
  proxy = await ProxyUnderTest.start([]);
  ({ backend, client } = proxy);
});

afterAll(async () => {
  await proxy.close();
});

beforeEach(() => {
  backend.reset();
});

describe('a request with any key and body', () => {
  it('is replayed as the first time', async () => {
    backend.respond = ({ body, url: path }, response) => void response.writeHead(200 + (body.length % 100), { 'x-path': path }).end(body);
    const printable = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCodePoint(code)), minLength: 1, maxLength: 255 });
    const requests = fc.record({ key: printable, body: fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes)), method: fc.constantFrom('POST', 'PUT', 'PATCH', 'DELETE', 'REPORT') });
    await fuzz(requests, async ({ key, body, method }) => {
      const quoted = `"${newKey()}${key.slice(0, 239).replaceAll(/["\\]/g, '\\$&')}"`;
      const ask = (): Promise<Answer> => client.ask('/fuzz', { method, body, headers: { 'idempotency-key': quoted } });
      const before = backend.calls.length;
      const [first, again] = [await ask(), await ask()];
      expect([again.status, again.body.equals(first.body), replayed(first), replayed(again), backend.calls.length - before]).toEqual([first.status, true, false, true, 1]);
      expect(first.body.equals(first.status === 204 ? Buffer.alloc(0) : body)).toBe(true);
    }, { mostRuns: 150, searchMs: 3_000 });
  });
});

describe('any request', () => {
  it('is answered, and reaches the backend at most once per key', async () => {
    const path = fc.array(hostileSegment, { minLength: 1, maxLength: 3 }).map((segments) => `/${segments.join('/')}`);
    const requests = fc.record({ method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'QUERY', 'TRACE'), path, headers: fc.array(hostileHeader, { maxLength: 4 }), body: fc.uint8Array({ maxLength: 100 }), keyed: fc.boolean() });
    await fuzz(fc.array(requests, { minLength: 1, maxLength: 20, size: 'max' }), async (batch) => {
      backend.calls.length = 0;
      await Promise.all(batch.map(async ({ method, path: target, headers, body, keyed }) => {
        const key: [string, string][] = keyed ? [['x-idempotency-key', newKey()]] : [];
        const bytes = requestBytes(method, target, [['host', 'a'], ['content-length', String(body.length)], ...key, ...headers, ['connection', 'close']], body);
        const answers = [await sendRaw(proxy.url, bytes), ...(keyed ? [await sendRaw(proxy.url, bytes)] : [])];
        for (const answer of answers) {
          if (answer?.status !== 201 && answer?.status !== 200) expect(faultOf(answer, method)).toBeUndefined();
        }
      }));
      const keys = backend.calls.flatMap(({ headers }) => (headers['idempotency-key'] === undefined ? (headers['x-idempotency-key'] ?? []) : []));
      expect(new Set(keys).size).toBe(keys.length);
    }, { mostRuns: 500, searchMs: 3_000 });
  });
});
