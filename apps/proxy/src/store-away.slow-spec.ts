import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { deliveryId, mintId } from '#domain/ids';
import { waitUntil } from '#dev/testing/wait-until';
import type { Backend } from '../fixtures/backend.js';
import { type Answer, type Asked, type Client, newKey, replayed } from '../fixtures/client.js';
import { ProxyUnderTest } from '../fixtures/proxy-under-test.js';

// Postgres goes away at each step of a request with a key: before the proxy's statement arrives, or after it is committed
// and before its answer arrives.
const ROUTES = [
  { path: '/open', failOpen: true },
  { path: '/hook', mode: 'webhook', refuseRegressed: true },
];
/** A part of each statement's text, which a connection sends the first time it runs the statement. */
const STATEMENTS = { claim: 'insert into idempotent_requests as taken', read: 'select body', settle: 'settled as (', look: 'from webhook_positions', advance: 'insert into webhook_positions' };

let proxy: ProxyUnderTest;
let backend: Backend;
let client: Client;

beforeEach(async () => {
  proxy = await ProxyUnderTest.start(ROUTES, { storePatienceMs: 200 });
  ({ backend, client } = proxy);
});

afterEach(async () => {
  await proxy.close();
});

const restore = (): void => proxy.storeNetwork.restore();

/** Cuts the network at this statement, until `restore`. Returns the answer of `ask` without Postgres. */
async function withoutStoreAt(statement: keyof typeof STATEMENTS, ask: () => Promise<Answer>): Promise<Answer> {
  const reached = proxy.storeNetwork.cutAt(STATEMENTS[statement]);
  const answer = ask();
  await reached;
  return answer;
}

/** As `withoutStoreAt`, but Postgres runs the statement, which `done` checks. */
async function withoutAnswerTo(statement: keyof typeof STATEMENTS, ask: () => Promise<Answer>, done: () => Promise<boolean>): Promise<Answer> {
  const reached = proxy.storeNetwork.holdAnswersAt(STATEMENTS[statement]);
  const answer = ask();
  await reached;
  await waitUntil(`the end of the ${statement}`, done);
  proxy.storeNetwork.cut();
  return answer;
}

/** The answer of the same request when Postgres is back. Before that it may be in progress, or Postgres away. */
async function afterwards(ask: () => Promise<Answer>): Promise<Answer> {
  restore();
  const before: unknown[] = [];
  const answer = await waitUntil(() => `an answer, have ${before.join()}`, async () => {
    const asked = await ask();
    if (asked.code !== 'request_in_progress' && asked.code !== 'store_unavailable') return asked;
    before.push(asked.code);
    return undefined;
  });
  return answer;
}

/** A request that is repeated. */
function repeatable(asked: Asked & { path?: string } = {}): { key: string; ask: () => Promise<Answer> } {
  const key = newKey();
  return { key, ask: () => client.send(key, asked) };
}

const AWAY = { status: 503, code: 'store_unavailable', headers: { 'retry-after': '1' } };

describe('Postgres away at the claim', () => {
  it('which never arrives: the request is not forwarded; its repeat is, when Postgres is back', async () => {
    const { ask } = repeatable();
    expect(await withoutStoreAt('claim', ask)).toMatchObject(AWAY);
    expect(backend.calls).toEqual([]);
    const answer = await afterwards(ask);
    expect([answer.status, answer.text, replayed(answer), replayed(await ask()), backend.calls.length]).toEqual([201, 'call 1', false, true, 1]);
  });

  it('which is committed: the request is not forwarded, and the key is given up when Postgres is back', async () => {
    const { key, ask } = repeatable();
    expect(await withoutAnswerTo('claim', ask, async () => (await proxy.stateOf(key)) === 'in_flight')).toMatchObject(AWAY);
    expect(backend.calls).toEqual([]);
    const answer = await afterwards(ask);
    expect([answer.status, answer.text, replayed(answer), replayed(await ask()), backend.calls.length]).toEqual([201, 'call 1', false, true, 1]);
  });
});

describe('Postgres away at the read of a large stored answer', () => {
  it.each(['/', '/open'])('on %s: refused and not forwarded again, because it was carried out; replayed when Postgres is back', async (path) => {
    const body = randomBytes(200_000);
    backend.respond = (_call, response) => void response.writeHead(200).end(body);
    const { ask } = repeatable({ path });
    expect((await ask()).body.equals(body)).toBe(true);
    expect(await withoutStoreAt('read', ask)).toMatchObject(AWAY);
    const answer = await afterwards(ask);
    expect([answer.status, replayed(answer), answer.body.equals(body), backend.calls.length]).toEqual([200, true, true, 1]);
  });
});

describe.each(['never arrives', 'is committed'])('Postgres away at the statement that stores the outcome, which %s', (how) => {
  const withoutStore = ({ key, ask }: ReturnType<typeof repeatable>, state: string): Promise<Answer> =>
    how === 'is committed' ? withoutAnswerTo('settle', ask, async () => (await proxy.stateOf(key)) === state) : withoutStoreAt('settle', ask);

  it('the answer is sent, and replayed when Postgres is back', async () => {
    const repeated = repeatable();
    expect(await withoutStore(repeated, 'completed')).toMatchObject({ status: 201, text: 'call 1' });
    expect(await afterwards(repeated.ask)).toMatchObject({ status: 201, text: 'call 1', headers: { 'idempotent-replayed': 'true' } });
    expect(backend.calls.length).toBe(1);
  });

  it('an error of the backend is passed on, and the key is free when Postgres is back', async () => {
    const repeated = repeatable();
    backend.respond = (_call, response) => void response.writeHead(500).end('no');
    expect(await withoutStore(repeated, 'failed')).toMatchObject({ status: 500, text: 'no' });
    backend.respond = backend.usual;
    const answer = await afterwards(repeated.ask);
    expect([answer.status, answer.text, replayed(answer), backend.calls.length]).toEqual([201, 'call 2', false, 2]);
  });

  it('a broken backend connection is reported, and stored as indeterminate when Postgres is back', async () => {
    const repeated = repeatable();
    backend.respond = (_call, response) => void response.destroy();
    expect(await withoutStore(repeated, 'indeterminate')).toMatchObject({ status: 502, code: 'upstream_interrupted' });
    backend.respond = backend.usual;
    expect(await afterwards(repeated.ask)).toMatchObject({ status: 409, code: 'request_indeterminate' });
    expect(backend.calls.length).toBe(1);
  });

  it('an answer that is too large to store is passed on, and recorded as such when Postgres is back', async () => {
    const repeated = repeatable();
    const body = randomBytes(1_500_000);
    backend.respond = (_call, response) => void response.writeHead(200).end(body);
    expect((await withoutStore(repeated, 'completed')).body.equals(body)).toBe(true);
    expect(await afterwards(repeated.ask)).toMatchObject({ status: 409, code: 'response_not_kept' });
    expect(backend.calls.length).toBe(1);
  });
});

describe('Postgres away in a webhook lane', () => {
  const delivery = (sequence: number): (() => Promise<Answer>) => {
    const eventId = mintId();
    const headers = { 'lockstep-delivery': deliveryId({ eventId, endpoint: 1, replay: 0 }), 'lockstep-entity': 'order-1', 'lockstep-sequence': String(sequence) };
    return () => client.ask('/hook', { headers, body: '{}' });
  };

  it('at the check of the lane: the delivery is not forwarded; its repeat is, when Postgres is back', async () => {
    const send = delivery(1);
    expect(await withoutStoreAt('look', send)).toMatchObject(AWAY);
    expect(backend.calls).toEqual([]);
    expect(await afterwards(send)).toMatchObject({ status: 201, text: 'call 1' });
  });

  it('when the lane moves: the delivery is taken, and an older one is refused when Postgres is back', async () => {
    const [older, newer] = [delivery(1), delivery(2)];
    expect(await withoutStoreAt('advance', newer)).toMatchObject({ status: 201, text: 'call 1' });
    expect(await afterwards(newer)).toMatchObject({ status: 201, headers: { 'idempotent-replayed': 'true' } });
    await waitUntil('the move', async () => (await proxy.store.query('select from webhook_positions')).rowCount === 1);
    expect(await older()).toMatchObject({ status: 409, code: 'sequence_regressed' });
    expect(backend.calls.length).toBe(1);
  });
});
