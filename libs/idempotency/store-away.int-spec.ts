import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Post } from '@nestjs/common';
import { createTestDatabase, type TestDatabase } from '#dev/testing/test-database';
import { TcpProxy } from '#dev/testing/tcp-proxy';
import { waitUntil } from '#dev/testing/wait-until';
import { claimOf, completed, Engine, newKey, requestOf } from './fixtures/engine.js';
import { IdempotentApp, rootModule } from './fixtures/idempotent-app.js';
import { Idempotent } from './idempotent.js';

let database: TestDatabase;
let network: TcpProxy;
let farUrl: string;
let far: Engine;
let near: Engine;

beforeEach(async () => {
  database = await createTestDatabase();
  const url = new URL(database.url);
  network = await TcpProxy.start(url.hostname, Number(url.port));
  url.port = String(network.port);
  farUrl = url.toString();
  far = new Engine(farUrl, 300);
  near = new Engine(database.url);
  await far.service.claim(requestOf(newKey()));
});

afterEach(async () => {
  await far.close();
  await near.close();
  await network.stop();
  await database.drop();
});

const AWAY = expect.objectContaining({ code: 'store_unavailable', retryAfterSeconds: 1 });

describe('while the store is away', () => {
  it('nothing is claimed, and everything is as before when it is back', async () => {
    const key = newKey();
    network.cut();
    await expect(far.service.claim(requestOf(key))).rejects.toEqual(AWAY);
    network.restore();
    await waitUntil('a claim', async () => (await far.service.claim(requestOf(key)).catch(() => undefined))?.kind === 'claimed');
  });

  it('a claim that was committed and never heard of is given up, since nothing was done with it', async () => {
    const key = newKey();
    const stands = async (): Promise<string | undefined> => (await near.pool.query<{ state: string }>('select state from idempotent_requests where key = $1', [key])).rows[0]?.state;
    network.holdAnswers();
    const refused = expect(far.service.claim(requestOf(key))).rejects.toEqual(AWAY);
    await waitUntil('the claim in the store', async () => (await stands()) === 'in_flight');
    network.cut();
    await refused;
    network.restore();
    await waitUntil('the claim given up', async () => (await stands()) === 'failed');
    expect((await near.service.claim(requestOf(key))).kind).toBe('claimed');
  });

  it('an end is kept until it can be stored, also one whose first try was stored and never heard of', async () => {
    const [lost, late] = [newKey(), newKey()];
    const claims = [claimOf(await far.service.claim(requestOf(lost))), claimOf(await far.service.claim(requestOf(late)))] as const;
    network.holdAnswers();
    const first = far.service.settle(claims[0], completed('lost'));
    await waitUntil('the end in the store', async () => (await near.service.claim(requestOf(lost))).kind === 'replay');
    network.cut();
    const second = far.service.settle(claims[1], completed('late'));
    expect((await near.service.claim(requestOf(late))).kind).toBe('in_flight');
    network.restore();
    expect(await Promise.all([first, second])).toEqual(['stored', 'stored']);
    expect(await near.service.claim(requestOf(late))).toMatchObject({ kind: 'replay', response: { body: Buffer.from('late') } });
  });

  it('a large answer that can not be read is none, and known to be there: the next one who asks gets it', async () => {
    const [keyed, body] = [requestOf(newKey()), Buffer.alloc(70_000, 'x')];
    await near.service.settle(claimOf(await near.service.claim(keyed)), completed(body));
    const reached = network.cutAt('select body');
    const outcome = far.service.claim(keyed);
    await reached;
    expect(await outcome).toEqual({ kind: 'response_away' });
    network.restore();
    const replay = await waitUntil('the answer', async () => {
      const again = await far.service.claim(keyed).catch(() => undefined);
      return again?.kind === 'replay' ? again : undefined;
    });
    expect(replay.response.body.equals(body)).toBe(true);
  });

  it("a handler's answer is given all the same, and is stored when the store is back; no other is carried out, but where it may be unprotected", async () => {
    let opened = 0;
    const [begun, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    @Controller()
    class WorkController {
      @Post('work')
      @Idempotent()
      async work(): Promise<string> {
        begun.resolve();
        await gate.promise;
        return 'done';
      }

      @Post('open')
      @Idempotent({ failOpen: true })
      open(): string {
        return `carried out ${++opened}`;
      }
    }
    const app = await IdempotentApp.start(rootModule([WorkController], { storePatienceMs: 200 }), farUrl);
    const headers = { 'idempotency-key': newKey() };
    const send = async (path: string): Promise<Response> => fetch(`${app.url}${path}`, { method: 'POST', headers });
    const first = send('/work');
    await begun.promise;
    network.cut();
    gate.resolve();
    expect(await (await first).text()).toBe('done');
    // Refused, but where the handler says that it may be carried out unprotected: then each time.
    expect((await send('/work')).status).toBe(503);
    expect([await (await send('/open')).text(), await (await send('/open')).text()]).toEqual(['carried out 1', 'carried out 2']);
    network.restore();
    const again = await waitUntil('a replay', async () => {
      const answer = await send('/work');
      return answer.headers.has('idempotent-replayed') ? answer : undefined;
    });
    expect([again.status, await again.text()]).toEqual([201, 'done']);
    await app.stop();
  });

  it('whoever waits for an answer goes on waiting: that somebody else was at it is known', async () => {
    const keyed = requestOf(newKey());
    await near.service.claim(keyed);
    const waiting = far.service.claim(keyed, { waitMs: 1_500, signal: new AbortController().signal });
    await expect(far.service.claim(keyed)).resolves.toMatchObject({ kind: 'in_flight' });
    network.cut();
    expect(await waiting).toMatchObject({ kind: 'in_flight' });
  });

  it('a lease runs out, and a holder that finds its successor at its return stores nothing', async () => {
    const key = newKey();
    const keyed = requestOf(key, { leaseMs: 300, takeover: 'safe' });
    const claim = claimOf(await far.service.claim(keyed));
    network.halfOpen();
    const taken = await waitUntil('a takeover', async () => {
      const outcome = await near.service.claim(keyed);
      return outcome.kind === 'claimed' ? outcome.claim : undefined;
    });
    network.reset();
    network.restore();
    expect(await far.service.settle(claim, completed('old'))).toBe('superseded');
    expect(await near.service.settle(taken, completed('new'))).toBe('stored');
  });
});
