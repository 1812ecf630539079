import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Post } from '@nestjs/common';
import { register } from 'prom-client';
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

describe('while Postgres is away', () => {
  it('no key is claimed; claims succeed when it is back', async () => {
    const key = newKey();
    network.cut();
    await expect(far.service.claim(requestOf(key))).rejects.toEqual(AWAY);
    expect(await register.getSingleMetricAsString('lockstep_idempotency_check_failures_total')).toMatch(/reason="store_unavailable"\} 1$/m);
    network.restore();
    await waitUntil('a claim', async () => (await far.service.claim(requestOf(key)).catch(() => undefined))?.kind === 'claimed');
  });

  it('a claim that was committed without an answer is given up, because its request was not carried out', async () => {
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

  it('an outcome is stored when Postgres is back, also if the first try was committed without an answer', async () => {
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

  it('a large answer that cannot be read is reported as away; the next repeat gets it', async () => {
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

  it("a handler's answer is sent, and stored when Postgres is back; other requests are carried out only with failOpen", async () => {
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
    // Refused, except where the handler fails open: carried out each time.
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

  it('a request that waits for an answer keeps waiting: another one is known to be in progress', async () => {
    const keyed = requestOf(newKey());
    await near.service.claim(keyed);
    const waiting = far.service.claim(keyed, { waitMs: 1_500, signal: new AbortController().signal });
    await expect(far.service.claim(keyed)).resolves.toMatchObject({ kind: 'in_flight' });
    network.cut();
    expect(await waiting).toMatchObject({ kind: 'in_flight' });
  });

  it('a lease expires, and a holder that comes back after its successor stores nothing', async () => {
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
