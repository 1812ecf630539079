import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type pg from 'pg';
import { type Answer, type GatewayClient, TEST_ADMIN_KEY } from '#dev/testing/gateway-client';
import { finalAnswerIn, openSocket, type RawAnswer, readToEnd, requestBytes } from '#dev/testing/raw-http';
import { waitUntil } from '#dev/testing/wait-until';
import { mintId } from '#domain/ids';
import { GatewayWithStore } from '../fixtures/gateway-under-test.js';

const PATH = '/v1/events/batch';
/** One more than an item may have. */
const TOO_LARGE = 262_145;

interface Result {
  readonly status: number;
  readonly id?: string;
  readonly replayed?: boolean;
  readonly code?: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly path: string }[];
}

let store: pg.Client;
let gateway: GatewayWithStore;
let client: GatewayClient;

beforeAll(async () => {
  gateway = await GatewayWithStore.start();
  ({ client, store } = gateway);
});

afterEach(async () => {
  // No test leaves a batch behind.
  expect([await metric('lockstep_batch_items_waiting'), await metric('lockstep_batch_bytes_waiting')]).toEqual([0, 0]);
});

afterAll(async () => {
  await gateway.stop();
});

const item = (entity: string, changes: Record<string, unknown> = {}): Record<string, unknown> => ({ type: 'order.created', entity, data: {}, ...changes });
const post = (body: unknown, headers: Record<string, string> = {}): Promise<Answer> => client.call('POST', PATH, { body: typeof body === 'string' ? body : JSON.stringify(body), headers });
const postLines = (body: string): Promise<Answer> => post(body, { 'content-type': 'application/x-ndjson' });
const resultsOf = ({ json }: { json: unknown }): readonly Result[] => (json as { results: readonly Result[] }).results;
const statusesOf = (answer: Answer): readonly number[] => resultsOf(answer).map(({ status }) => status);
const problemOf = ({ status, json }: Answer): unknown[] => [status, (json as Result).code];

async function metric(name: string): Promise<number> {
  const { text } = await client.get('/metrics');
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? NaN);
}

/** Events of an entity in the order of acceptance. */
async function stored(entity: string): Promise<{ id: string; payload: string }[]> {
  const { rows } = await store.query<{ id: string; payload: Buffer }>('select id, payload from events where entity = $1 order by accept_seq', [entity]);
  return rows.map(({ id, payload }) => ({ id: `evt_${id.replaceAll('-', '')}`, payload: payload.toString() }));
}

describe('a batch', () => {
  it('stores the good items in their order in two statements, and refuses the bad ones alone', async () => {
    const entities = Array.from({ length: 7 }, () => mintId());
    const bad: Record<number, [unknown, number, string]> = {
      0: [{ type: 'order.created' }, 400, 'invalid_request'],
      13: ['text', 400, 'invalid_request'],
      511: [item('a', { idempotencyKey: '' }), 400, 'invalid_idempotency_key'],
      512: [item('a', { type: 'not a type' }), 400, 'invalid_request'],
      700: [item('a', { data: 'x'.repeat(TOO_LARGE) }), 413, 'payload_too_large'],
      999: [null, 400, 'invalid_request'],
    };
    const items = Array.from({ length: 1_000 }, (_, n) => bad[n] !== undefined ? bad[n][0] : item(entities[n % entities.length] ?? '', { data: { n } }));
    const [statementsBefore, eventsBefore] = [await metric('lockstep_ingest_batch_events_count'), await metric('lockstep_ingest_batch_events_sum')];
    const answer = await post(items);
    expect(answer.status).toBe(202);
    const results = resultsOf(answer);
    expect(results.map(({ status, code }) => [status, code])).toEqual(items.map((_, n) => bad[n]?.slice(1) ?? [202, undefined]));
    expect(results[0]?.errors?.map(({ path }) => path)).toEqual(['/entity', '/data']);
    for (const entity of entities) {
      const ofEntity = items.flatMap((sent, n) => (bad[n] === undefined && (sent as { entity: string }).entity === entity ? [{ id: results[n]?.id, payload: JSON.stringify(sent) }] : []));
      expect(await stored(entity)).toEqual(ofEntity);
    }
    expect([await metric('lockstep_ingest_batch_events_count') - statementsBefore, await metric('lockstep_ingest_batch_events_sum') - eventsBefore]).toEqual([2, 994]);
  });

  it('keeps the bytes of each item, in an array and on lines', async () => {
    const entity = mintId();
    const texts = [`{ "type":"a", "entity":"${entity}","data":12345678901234567890 }`, `{"entity":"${entity}","type":"a","data":"\\u00fc ü ]},{[\\"", "extra":[1 , 2]}`];
    expect(statusesOf(await post(` [\n${texts.join(' ,\r\n')}\t] `))).toEqual([202, 202]);
    expect(statusesOf(await postLines(`${texts.join('\r\n')}\n\n`))).toEqual([202, 202]);
    expect((await stored(entity)).map(({ payload }) => payload)).toEqual([...texts, ...texts]);
  });

  it('answers a key that it has twice as two requests one after the other', async () => {
    const [entity, idempotencyKey, other] = [mintId(), mintId(), mintId()];
    const items = [item(entity, { idempotencyKey }), item(entity, { idempotencyKey }), item(entity, { idempotencyKey, data: 2 }), item(entity, { idempotencyKey: other }), item(entity, { idempotencyKey })];
    const results = resultsOf(await post(items));
    const [id, second] = [results[0]?.id, results[3]?.id];
    expect(results).toMatchObject([{ status: 202, id, replayed: false }, { status: 202, id, replayed: true }, { status: 422, code: 'idempotency_key_reused' }, { status: 202, replayed: false }, { status: 202, id, replayed: true }]);
    expect((await stored(entity)).map(({ id: storedId }) => storedId)).toEqual([id, second]);
    expect(resultsOf(await post(items)).map(({ status, replayed }) => [status, replayed])).toEqual([[202, true], [202, true], [422, undefined], [202, true], [202, true]]);
    expect((await client.send('POST', '/v1/events', items[0])).json).toMatchObject({ id });
  });

  it('takes no more statements when all of its items have the same key', async () => {
    const [idempotencyKey, before] = [mintId(), await metric('lockstep_ingest_batch_events_count')];
    const results = resultsOf(await post(Array.from({ length: 1_000 }, (_, n) => item('a', { idempotencyKey, data: n % 2 }))));
    expect(results.map(({ status, replayed }) => [status, replayed])).toEqual(Array.from({ length: 1_000 }, (_, n) => (n % 2 === 1 ? [422, undefined] : [202, n > 0])));
    expect(new Set(results.flatMap(({ id }) => id ?? [])).size).toBe(1);
    expect(await metric('lockstep_ingest_batch_events_count') - before).toBe(2);
  });

  it('may be empty', async () => {
    expect((await post('[ ]')).json).toEqual({ results: [] });
    expect((await postLines('')).json).toEqual({ results: [] });
  });

  it('is refused as a whole for its type, its coding, its header and its announced length', async () => {
    expect(problemOf(await post('[]', { 'content-type': 'text/plain' }))).toEqual([415, 'unsupported_media_type']);
    expect(problemOf(await post('[]', { 'content-type': 'application/json; charset=latin1' }))).toEqual([415, 'unsupported_media_type']);
    expect(problemOf(await post('[]', { 'content-encoding': 'gzip' }))).toEqual([415, 'unsupported_media_type']);
    expect(problemOf(await client.call('POST', PATH))).toEqual([415, 'unsupported_media_type']);
    expect(problemOf(await post('[]', { 'idempotency-key': 'a' }))).toEqual([400, 'invalid_idempotency_key']);
    expect(problemOf(await post('[]', { authorization: 'Bearer wrong' }))).toEqual([401, 'unauthenticated']);
    const announced = await exchange([['content-length', '5242881']], () => undefined);
    expect([announced?.status, announced?.headers['connection']]).toEqual([413, 'close']);
    // Other routes don't take lines.
    expect(problemOf(await client.call('POST', '/v1/events', { body: JSON.stringify(item('a')), headers: { 'content-type': 'application/x-ndjson' } }))).toEqual([415, 'unsupported_media_type']);
  });
});

/** Sends the head of a batch, then what `send` writes, and reads the answer. */
async function exchange(headers: readonly [string, string][], send: (write: (text: string) => void, end: () => void) => Promise<unknown> | void): Promise<RawAnswer | undefined> {
  const socket = await openSocket(client.url);
  socket.write(requestBytes('POST', PATH, [['host', 'a'], ['authorization', `Bearer ${TEST_ADMIN_KEY}`], ['content-type', 'application/json'], ...headers]));
  const received = readToEnd(socket);
  await send((text) => void socket.write(text), () => void socket.end());
  return finalAnswerIn(await received);
}

const chunked: [string, string] = ['transfer-encoding', 'chunked'];
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const bodyOf = (answer: RawAnswer | undefined): { results?: readonly Result[]; code?: string } => JSON.parse(answer?.body.toString() ?? '{}') as { results?: readonly Result[] };

describe('a batch that cannot be read to its end', () => {
  it('is a plain problem if nothing was accepted', async () => {
    expect(problemOf(await post('{"type":"a"}'))).toEqual([400, 'invalid_request']);
    expect(problemOf(await post('[1,2'))).toEqual([400, 'invalid_request']);
    expect(problemOf(await post('[1]x'))).toEqual([400, 'invalid_request']);
    expect(problemOf(await post(Array.from({ length: 1_001 }, () => 1)))).toEqual([413, 'payload_too_large']);
  });

  it('keeps what came before, and says from which item on nothing was read', async () => {
    const entity = mintId();
    const good = JSON.stringify(item(entity));
    for (const [body, status, detail] of [
      [`[${good},{},${good}`, 400, /^Nothing was read from item 3 on, counted from 0: the body ends within the array$/],
      [`[${good},{},${good} ${good}]`, 400, /from item 3 .* must follow an item$/],
      [`[${Array.from({ length: 1_001 }, () => good).join(',')}]`, 413, /from item 1000 /],
    ] as const) {
      const answer = await post(body);
      expect(answer.status).toBe(202);
      const last = resultsOf(answer).at(-1);
      expect([last?.status, last?.detail]).toEqual([status, expect.stringMatching(detail)]);
    }
    expect(await stored(entity)).toHaveLength(2 + 2 + 1_000);
  });

  it('is one without an announced length and of more than 5 MiB', async () => {
    const [entity, padding] = [mintId(), 'x'.repeat(200_000)];
    const answer = await exchange([chunked], (write) => {
      write(chunk('['));
      for (let n = 0; n < 28; n++) write(chunk(`${JSON.stringify(item(entity, { data: padding }))},`));
    });
    const { results = [] } = bodyOf(answer);
    expect([answer?.status, answer?.headers['connection'], results.at(-1)?.code]).toEqual([202, 'close', 'payload_too_large']);
    expect(await stored(entity)).toHaveLength(results.length - 1);
    expect(results.length - 1).toBe(26);
  });

  it.each<[string, [string, string], (text: string) => string]>([['chunks', chunked, chunk], ['an announced length', ['content-length', '1000'], (text) => text]])('is one whose body breaks off, with %s', async (_name, framing, framed) => {
    const entity = mintId();
    const answer = await exchange([framing], (write, end) => {
      write(framed(`[${JSON.stringify(item(entity))},{"type`));
      end();
    });
    expect([answer?.status, bodyOf(answer).results?.map(({ status }) => status)]).toEqual([202, [202, 400]]);
    expect(await stored(entity)).toHaveLength(1);
    // Without an item it is a problem.
    const empty = await exchange([framing], (write, end) => {
      write(framed('['));
      end();
    });
    expect([empty?.status, bodyOf(empty).code]).toEqual([400, 'invalid_request']);
  });

  it('is one whose chunks are no HTTP', async () => {
    const entity = mintId();
    const answer = await exchange([chunked], (write) => write(`${chunk(`[${JSON.stringify(item(entity))},`)}no length\r\n`));
    expect([answer?.status, bodyOf(answer).results?.map(({ status }) => status)]).toEqual([202, [202, 400]]);
  });

  it('leaves what was committed when its client goes away, and drops what was not given to a statement', async () => {
    const entity = mintId();
    const socket = await openSocket(client.url);
    socket.write(requestBytes('POST', PATH, [['host', 'a'], ['authorization', `Bearer ${TEST_ADMIN_KEY}`], ['content-type', 'application/json'], ['content-length', '5000000']]));
    socket.write(`[${Array.from({ length: 600 }, (_, n) => JSON.stringify(item(entity, { data: n }))).join(',')},{"type`);
    await waitUntil('the first chunk', async () => (await stored(entity)).length >= 512);
    // The items behind it wait for more of the batch.
    const before = await metric('lockstep_batch_items_count');
    socket.resetAndDestroy();
    await waitUntil('its end', async () => (await metric('lockstep_batch_items_count')) > before);
    expect(statusesOf(await post([item(entity, { data: 600 })]))).toEqual([202]);
    expect((await stored(entity)).map(({ payload }) => (JSON.parse(payload) as { data: number }).data)).toEqual([...Array.from({ length: 512 }, (_, n) => n), 600]);
  });
});

it('slow batches of one tenant leave half of the places to other tenants', async () => {
  await client.send('PUT', '/v1/tenants/acme', {});
  const sockets = await Promise.all(Array.from({ length: 200 }, async () => {
    const socket = await openSocket(client.url);
    socket.write(requestBytes('POST', PATH, [['host', 'a'], ['authorization', `Bearer ${TEST_ADMIN_KEY}`], ['content-type', 'application/json'], chunked]));
    socket.write(chunk('['));
    socket.on('error', () => undefined);
    return socket;
  }));
  try {
    await waitUntil('a refusal', async () => (await post('[]')).status === 503);
    expect((await post('[]')).json).toMatchObject({ code: 'overloaded' });
    expect(statusesOf(await post([item('a')], { 'lockstep-tenant': 'acme' }))).toEqual([202]);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
  await waitUntil('free places', async () => (await post('[]')).status === 202);
});

describe('when the event store fails', () => {
  /** Without its partitions, the table takes no event. */
  async function withoutPartitions(work: () => Promise<void>): Promise<void> {
    const { rows } = await store.query<{ name: string; bound: string }>(`select c.oid::regclass::text as name, pg_get_expr(c.relpartbound, c.oid) as bound from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'events'::regclass`);
    for (const { name } of rows) await store.query(`alter table events detach partition ${name}`);
    try {
      await work();
    } finally {
      for (const { name, bound } of rows) await store.query(`alter table events attach partition ${name} ${bound}`);
    }
  }

  it('a batch of which nothing was accepted is a 503', async () => {
    await withoutPartitions(async () => {
      const answer = await post([item('a'), {}, item('b')]);
      expect([...problemOf(answer), answer.headers.get('retry-after')]).toEqual([503, 'store_unavailable', '1']);
    });
    expect(statusesOf(await post([item('a'), {}]))).toEqual([202, 400]);
  });

  it('the items before keep their 202, and those whose rate limit cannot be looked up get a 5xx', async () => {
    const { json } = await client.send('POST', '/v1/api-keys', { name: 'Limited', scopes: ['ingest'], ingestRateLimit: { perSecond: 0.01, burst: 1_000 } });
    const entity = mintId();
    const text = JSON.stringify(item(entity));
    const socket = await openSocket(client.url);
    socket.write(requestBytes('POST', PATH, [['host', 'a'], ['authorization', `Bearer ${(json as { key: string }).key}`], ['content-type', 'application/x-ndjson'], ['connection', 'close'], chunked]));
    const received = readToEnd(socket);
    const firstPart = `${text}
`.repeat(512);
    socket.write(chunk(firstPart));
    await waitUntil('the first chunk', async () => (await stored(entity)).length === 512);
    await store.query('alter table token_buckets rename to hidden');
    try {
      // More than the gateway has leased.
      socket.write(`${chunk(`${text}
`.repeat(400))}0\r\n\r\n`);
      await received;
    } finally {
      await store.query('alter table hidden rename to token_buckets');
    }
    const { results = [] } = bodyOf(finalAnswerIn(await received));
    expect(results.slice(0, 512).every(({ status }) => status === 202)).toBe(true);
    expect(results.length).toBeGreaterThan(513);
    expect(results.slice(512).every(({ status }) => status >= 500)).toBe(true);
    expect(results.at(-1)?.detail).toMatch(/^Nothing was read from item/);
  });

  it('the items before keep their 202, and the others get 503, tried or not', async () => {
    const entity = mintId();
    const text = (n: number): string => JSON.stringify(item(entity, { data: n }));
    const answer = await exchange([chunked, ['connection', 'close']], async (write) => {
      write(chunk(`[${Array.from({ length: 512 }, (_, n) => text(n)).join(',')}`));
      await waitUntil('the first chunk', async () => (await stored(entity)).length === 512);
      await withoutPartitions(async () => {
        write(chunk(Array.from({ length: 480 }, (_, n) => `,${text(512 + n)}`).join('')));
        write(`${chunk(',{},1]')}0\r\n\r\n`);
        await waitUntil('the failure', async () => (await metric('lockstep_batch_items_rejected_total\\{code="store_unavailable"\\}')) >= 480);
      });
    });
    const { results = [] } = bodyOf(answer);
    expect(results.map(({ status }) => status)).toEqual([...Array.from({ length: 512 }, () => 202), ...Array.from({ length: 480 }, () => 503), 400, 400]);
    expect(results[512]).toMatchObject({ code: 'store_unavailable', detail: expect.stringMatching(/may have stored/) });
    expect(await stored(entity)).toHaveLength(512);
  });
});
