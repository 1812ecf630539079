import { readFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { freePort } from '#dev/testing/free-port';
import { waitUntil } from '#dev/testing/wait-until';
import { nowMs } from './clock.js';
import { NO_ANSWER } from './odd-responses.js';
import type { RecordedArrival } from './receiver-messages.js';
import { ReceiverServer } from './receiver-server.js';
import { sealedBody } from './sealed-body.js';

let receiver: ReceiverServer;
let port: number;

beforeEach(async () => {
  receiver = new ReceiverServer();
  port = await freePort();
  await receiver.start(port, 8);
});

afterEach(() => receiver.setMode({ kind: 'down' }));

const post = async (body = sealedBody('e', 'k'), timeoutMs = 20_000): Promise<number> => {
  const headers = { 'webhook-id': 'evt_1', 'lockstep-delivery': 'dlv_1', 'lockstep-entity': 'e%20%C3%BC', 'lockstep-sequence': '4', 'lockstep-attempt': '2', 'lockstep-redelivered': 'true', 'webhook-timestamp': '7', 'webhook-signature': 'v1,a v1,b', 'chaos-generation': '3' };
  return (await fetch(`http://127.0.0.1:${port}/hook/first`, { method: 'POST', headers, body, signal: AbortSignal.timeout(timeoutMs) })).status;
};

async function dumped(): Promise<RecordedArrival[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'lockstep-receiver-'));
  try {
    await receiver.dump(path.join(folder, 'arrivals'));
    return (await readFile(path.join(folder, 'arrivals'), 'utf8')).trimEnd().split('\n').map((line) => JSON.parse(line) as RecordedArrival);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('ReceiverServer', () => {
  it('records each request, from its arrival to the end of its answer', async () => {
    const beforeMs = nowMs();
    expect(await post()).toBe(200);
    const [arrival] = await dumped();
    expect(arrival).toMatchObject({ path: '/hook/first', eventId: 'evt_1', deliveryId: 'dlv_1', entity: 'e ü', key: 'k', sequence: 4, attempt: 2, redelivered: true, replayed: false, status: 200, timestamp: '7', signature: 'v1,a v1,b', headersGeneration: 3, closedReused: false });
    expect(arrival?.arrivedAtMs).toBeGreaterThan(beforeMs);
    expect(arrival?.endedAtMs).toBeGreaterThan(arrival?.arrivedAtMs ?? 0);
    expect(receiver.status.findings).toEqual([]);
  });

  it('fails, delays, resets or refuses, according to its mode', async () => {
    await receiver.setMode({ kind: 'failing', percent: 100, status: 500 });
    expect(await post()).toBe(500);
    await receiver.setMode({ kind: 'slow', delayMs: 80 });
    expect(await post()).toBe(200);
    await receiver.setMode({ kind: 'resetting' });
    await expect(post()).rejects.toThrow();
    await receiver.setMode({ kind: 'down' });
    await expect(post()).rejects.toThrow();
    await receiver.setMode({ kind: 'ok' });
    expect(await post()).toBe(200);
    const arrivals = await dumped();
    expect(arrivals.map(({ status }) => status)).toEqual([500, 200, undefined, 200]);
    const [, slow, reset] = arrivals;
    expect((slow?.endedAtMs ?? 0) - (slow?.arrivedAtMs ?? 0)).toBeGreaterThan(75);
    expect(reset?.endedAtMs).toBeGreaterThan(reset?.arrivedAtMs ?? Infinity);
  });

  it('answers oddly, and leaves a request unanswered only on a connection that was used before', async () => {
    await receiver.setMode({ kind: 'odd', seed: 1 });
    // The client refuses some of the responses, and closed connections. It waits for an answer that does not come.
    for (let i = 0; i < 300; i++) await post(undefined, 500).catch(() => undefined);
    await receiver.setMode({ kind: 'ok' });
    // A connection that was left without an answer stays silent, and the client may use it once more.
    await waitUntil('a plain answer', async () => (await post(undefined, 1_000).catch(() => 0)) === 200);
    const arrivals = await dumped();
    expect(new Set(arrivals.flatMap(({ oddity }) => oddity ?? [])).size).toBeGreaterThan(20);
    expect(arrivals.some(({ closedReused }) => closedReused)).toBe(true);
    // This client closes the connection in the middle of a response that it refuses.
    const answered = arrivals.filter(({ closedReused, oddity }) => !closedReused && oddity !== NO_ANSWER && oddity !== 'an unasked 100 in single bytes');
    expect(answered.filter(({ status = 0 }) => status < 200 || status > 299)).toEqual([]);
    expect(arrivals.filter(({ closedReused, status }) => closedReused && status !== undefined)).toEqual([]);
  });

  it('reports a body that differs from what was posted', async () => {
    await post(sealedBody('e', 'k').replace('chaos', 'order'));
    expect(receiver.status.findings).toHaveLength(1);
  });
});
