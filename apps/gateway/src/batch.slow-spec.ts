import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { finalAnswerIn, openSocket, type RawAnswer, requestBytes } from '#dev/testing/raw-http';
import { sharedServers } from '#dev/testing/shared-servers';
import { ADMIN_KEY, SystemUnderTest } from '#dev/testing/system';
import { waitUntil } from '#dev/testing/wait-until';
import { mintId } from '#domain/ids';

const PATH = '/v1/events/batch';

interface Result {
  readonly status: number;
  readonly replayed?: boolean;
}

let system: SystemUnderTest;
let store: pg.Client;

beforeAll(async () => {
  system = await SystemUnderTest.start(sharedServers(), { dispatchers: 0 });
  store = new pg.Client(system.databaseUrl);
  await store.connect();
});

afterAll(async () => {
  await store.end();
  await system.stop();
});

const item = (entity: string, n: number, padding = ''): string => `{"type":"order.created","entity":"${entity}","idempotencyKey":"${entity}/${n}","data":{"n":${n},"padding":"${padding}"}}`;
const bodyOf = (entity: string, count: number, padding = ''): string => `[${Array.from({ length: count }, (_, n) => item(entity, n, padding)).join(',')}]`;
const gatewayUrl = (): string => system.gateways[0]?.url ?? '';

/** The head of a batch, on a connection of its own that ends with the answer. */
async function begin(framing: [string, string]): Promise<Socket> {
  const socket = await openSocket(gatewayUrl());
  socket.write(requestBytes('POST', PATH, [['host', 'a'], ['authorization', `Bearer ${ADMIN_KEY}`], ['content-type', 'application/json'], ['connection', 'close'], framing]));
  return socket;
}

async function post(body: string): Promise<RawAnswer | undefined> {
  const socket = await begin(['content-length', String(Buffer.byteLength(body))]);
  const received: Buffer[] = [];
  socket.on('data', (bytes: Buffer) => received.push(bytes));
  const ended = once(socket, 'end');
  socket.write(body);
  await ended;
  socket.destroy();
  return finalAnswerIn(Buffer.concat(received));
}

const resultsIn = (answer: RawAnswer | undefined): readonly Result[] => (JSON.parse(answer?.body.toString() ?? '{}') as { results?: readonly Result[] }).results ?? [];

/** The numbers of an entity's events, in the order of acceptance. */
async function stored(entity: string): Promise<number[]> {
  const { rows } = await store.query<{ payload: Buffer }>('select payload from events where entity = $1 order by accept_seq', [entity]);
  return rows.map(({ payload }) => (JSON.parse(payload.toString()) as { data: { n: number } }).data.n);
}

/** While nothing can be committed. Statements fail after 5 s, so the work must be shorter. */
async function withoutCommits<Value>(work: () => Promise<Value>): Promise<Value> {
  const holder = new pg.Client(system.databaseUrl);
  await holder.connect();
  await holder.query('begin; lock table events in access exclusive mode');
  try {
    return await work();
  } finally {
    await holder.query('rollback');
    await holder.end();
  }
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

describe('more items than can be committed', () => {
  it('get 503 unread, once as many wait as may; single posts do not, and the gateway recovers', async () => {
    const entities = Array.from({ length: 80 }, () => mintId());
    const answers: (RawAnswer | undefined)[] = [];
    const batches: Promise<unknown>[] = [];
    const postNext = (): void => {
      const entity = entities[batches.length];
      if (entity !== undefined) batches.push(post(bodyOf(entity, 600)).then((answer) => answers.push(answer)));
    };
    const [shed, single] = await withoutCommits(async () => {
      for (let n = 0; n < 32; n++) postNext();
      const refused = await waitUntil('a refusal', () => {
        postNext();
        return answers.find((answer) => answer?.status === 503);
      });
      // It is accepted while batches are refused.
      return [refused, system.post('single', 1)] as const;
    });
    expect([(JSON.parse(shed.body.toString()) as { code: string }).code, shed.headers['retry-after']]).toEqual(['overloaded', '1']);
    await single;
    await Promise.all(batches);
    const accepted = answers.filter((answer) => answer?.status === 202);
    expect(answers.filter((answer) => answer?.status !== 202 && answer?.body.includes('"overloaded"') !== true)).toEqual([]);
    // 8,192 items of one tenant, of which a batch that waits has 512.
    expect(accepted.length).toBeGreaterThanOrEqual(13);
    const counts: number[] = [];
    for (const entity of entities) counts.push((await stored(entity)).length);
    expect(counts.filter((count) => count === 600)).toHaveLength(accepted.length);
    expect(counts.filter((count) => count !== 600 && count !== 0)).toEqual([]);
    expect((await post(bodyOf(mintId(), 1)))?.status).toBe(202);
  });
});

describe('a gateway that is killed in the middle of a batch', () => {
  it('accepts the rest when the batch is repeated: each event once, in order', async () => {
    const entity = mintId();
    const [gateway] = system.gateways;
    const socket = await begin(['transfer-encoding', 'chunked']);
    const part = `[${numbers(700).map((n) => item(entity, n)).join(',')}`;
    socket.write(`${part.length.toString(16)}\r\n${part}\r\n`);
    await waitUntil('the first chunk', async () => (await stored(entity)).length >= 512);
    await gateway?.signal('SIGKILL');
    socket.destroy();
    const before = (await stored(entity)).length;
    gateway?.start();
    await gateway?.ready();
    const results = resultsIn(await post(bodyOf(entity, 1_000)));
    expect(results.map(({ status }) => status)).toEqual(numbers(1_000).map(() => 202));
    expect(results.map(({ replayed }) => replayed)).toEqual(numbers(1_000).map((n) => n < before));
    expect(await stored(entity)).toEqual(numbers(1_000));
  });
});

describe('memory', () => {
  /** Half of what these batches have in all. */
  const MOST_MORE_MIB = 250;

  const rssMib = (name: 'VmRSS' | 'VmHWM'): number => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${system.gateways[0]?.pid}/status`, 'utf8'))?.[1]) / 1_024;

  it('stays flat with 100 connections of 5 MiB that wait for their commits, and the gateway recovers when their clients leave', async () => {
    const padding = 'x'.repeat(5_100);
    const bodies = Array.from({ length: 100 }, () => bodyOf(mintId(), 950, padding));
    for (let n = 0; n < 3; n++) expect((await post(bodyOf(mintId(), 900, padding)))?.status).toBe(202);
    const before = rssMib('VmRSS');
    const leaving: Socket[] = [];
    await withoutCommits(async () => {
      for (const body of bodies) {
        const socket = await begin(['content-length', String(body.length)]);
        socket.write(body);
        leaving.push(socket);
      }
      // Everything that the gateway takes has been sent when the number of bytes that wait no longer changes.
      let last = -1;
      await waitUntil('standstill', async () => {
        const waiting = leaving.reduce((sum, { writableLength }) => sum + writableLength, 0);
        const isSame = waiting === last;
        last = waiting;
        await new Promise((resolve) => setTimeout(resolve, 200));
        return isSame;
      });
      expect(last).toBeGreaterThan(200 * 1_048_576);
      for (const socket of leaving) socket.destroy();
    });
    expect((await post(bodyOf(mintId(), 1)))?.status).toBe(202);
    expect(rssMib('VmHWM') - before).toBeLessThan(MOST_MORE_MIB);
    await waitUntil('an empty queue', async () => (await system.gateways[0]?.metric('lockstep_batch_bytes_waiting')) === 0, 120_000);
  }, 180_000);
});
