import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import type pg from 'pg';
import { explaining } from '#dev/testing/explain';
import { captureLog } from '#dev/testing/log-capture';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { testModules } from '#dev/testing/test-modules';
import { mintId, toPublicId } from '#domain/ids';
import { OpenReplaysRepository } from '#flow/operations/open-replays.repository';
import { OperationsModule } from '#flow/operations/operations.module';
import { type IngestSettings, type Principal, USUAL_INGEST } from '#ground/http/principal';
import { KafkaModule } from '#ground/kafka/kafka.module';
import { databaseToken, poolToken } from '#ground/postgres/inject-postgres';
import { Duplicates } from './duplicates.js';
import { FollowupRepository } from './followup.repository.js';
import { IngestModule } from './ingest.module.js';
import { SettlementWatch } from './settlement-watch.js';

let fixture: ShardFixture;
let gateways: TestingModule[];
let dispatcher: TestingModule;
let epoch: number;
let endpoint: number;

beforeAll(async () => {
  fixture = await createShardFixture();
  epoch = await fixture.takeShard(0);
  const kafka = KafkaModule.forRoot({ clientId: 'test' });
  gateways = await Promise.all([0, 1].map(() => testModules(fixture.url, [kafka, IngestModule], { env: { KAFKA_PARTITIONS: '4' } }).compile()));
  dispatcher = await testModules(fixture.url, [kafka, OperationsModule]).compile();
});

afterAll(async () => {
  await Promise.all([...gateways, dispatcher].map((app) => app.close()));
  await fixture.close();
});

beforeEach(async () => {
  endpoint = await fixture.createEndpoint();
});

const principal = (ingest: Partial<IngestSettings>): Principal => ({ tenant: 'default', actor: { type: 'key', id: 'key_1', name: 'A provider' }, scopes: new Set(['ingest']), ingest: { ...USUAL_INGEST, ...ingest } });

/** Accepts an event. */
async function accepted(): Promise<string> {
  const [id = ''] = await fixture.accept([{ shard: 0, entity: 'e' }]);
  return id;
}

async function admit(event: string, status?: 'pending' | 'delivered' | 'dead' | 'discarded', attempts = 3, at = endpoint): Promise<void> {
  // Before the inbox: a delivery without it is not seen, and an admission writes both at once.
  if (status !== undefined) {
    await fixture.pool.query(
      `insert into deliveries (event_id, endpoint, tenant, shard, status, attempts, dead_reason, finished_at)
       values ($1, $2, 'default', 0, $3::delivery_status, $4, case when $3::delivery_status = 'dead' then 'attempts_exhausted' end, case when $3::delivery_status <> 'pending' then now() end)`, [event, at, status, attempts]);
  }
  await fixture.pool.query("insert into inbox (event_id, tenant, shard, routes) values ($1, 'default', 0, $2) on conflict do nothing", [event, status === undefined ? 0 : 1]);
}

async function statuses(event: string): Promise<string[]> {
  const { rows } = await fixture.pool.query<{ status: string }>('select status from deliveries where event_id = $1 order by endpoint, replay', [event]);
  return rows.map(({ status }) => status);
}

/** Applies the open replays of shard 0, as its owner does. */
async function applyReplays(): Promise<void> {
  const open = dispatcher.get(OpenReplaysRepository);
  for (const replay of await open.find([0])) await open.apply(replay, epoch);
}

/** The event's deliveries fail once more, and are dead again. */
async function failOnceMore(event: string): Promise<void> {
  await fixture.pool.query("update deliveries set status = 'dead', attempts = attempts + 1, finished_at = now() where event_id = $1 and status = 'pending'", [event]);
}

const auditRows = async (event: string): Promise<Record<string, unknown>[]> =>
  (await fixture.pool.query<Record<string, unknown>>("select actor_type, actor, actor_name, detail from audit_log where action = 'event.requeued' and subject = $1 order by id", [toPublicId('evt', event)])).rows;

/** What a duplicate gets from the gateway. */
const settle = (event: string, ingest: Partial<IngestSettings>, gateway = 0): Promise<unknown> =>
  (gateways[gateway] as TestingModule).get(Duplicates).settle(principal(ingest), event).catch((error: unknown) => (error as { toProblem(): unknown }).toProblem());

describe('a duplicate', () => {
  it('gets the first answer again, or 409 with the id of the first event', async () => {
    const event = await accepted();
    expect(await settle(event, {})).toBe(false);
    expect(await settle(event, { duplicates: 'conflict' })).toMatchObject({ status: 409, code: 'conflict', id: toPublicId('evt', event), detail: expect.stringContaining(toPublicId('evt', event)) as unknown });
  });

  it.each(['replay', 'conflict'] as const)('requeues dead deliveries once, of 20 at once at two gateways (duplicates: %s)', async (duplicates) => {
    const event = await accepted();
    await admit(event, 'dead');
    await admit(event, 'delivered', 1, await fixture.createEndpoint());
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => settle(event, { duplicates, resubmit: 'requeue-dead' }, i % 2)));
    expect(answers.filter((answer) => answer === true)).toHaveLength(1);
    expect(answers.filter((answer) => answer !== true)).toEqual(Array.from({ length: 19 }, () => (duplicates === 'replay' ? false : expect.objectContaining({ code: 'conflict' }) as unknown)));
    expect(await auditRows(event)).toMatchObject([{ actor_type: 'key', actor: 'key_1', actor_name: 'A provider', detail: { matched: 1 } }]);
    await applyReplays();
    // What was delivered is not delivered again.
    expect(await statuses(event)).toEqual(['pending', 'delivered']);
  });

  it('requeues an event each time that its deliveries are dead again, and not in between', async () => {
    const event = await accepted();
    await admit(event, 'dead');
    const resend = (): Promise<unknown> => settle(event, { resubmit: 'requeue-dead' });
    const answers: unknown[] = [];
    for (let day = 1; day <= 3; day++) {
      answers.push(await resend(), await resend());
      await applyReplays();
      answers.push(await resend());
      await failOnceMore(event);
    }
    expect(answers).toEqual([true, false, false, true, false, false, true, false, false]);
    expect(await auditRows(event)).toHaveLength(3);
    await settle(event, { resubmit: 'requeue-dead' });
    await applyReplays();
    await fixture.pool.query("update deliveries set status = 'delivered', attempts = attempts + 1, finished_at = now() where event_id = $1", [event]);
    expect(await settle(event, { resubmit: 'requeue-dead', duplicates: 'conflict' })).toMatchObject({ code: 'conflict' });
  });

  it('is told once for one death that it was requeued, while another endpoint tries on; a further death is requeued, too', async () => {
    const [event, other] = [await accepted(), await fixture.createEndpoint()];
    await admit(event, 'dead');
    await admit(event, 'pending', 1, other);
    const resend = (): Promise<unknown> => settle(event, { resubmit: 'requeue-dead' });
    const trySecond = (set: string): Promise<unknown> => fixture.pool.query(`update deliveries set attempts = attempts + 1${set} where event_id = $1 and endpoint = $2`, [event, other]);
    const answers = [await resend()];
    await trySecond('');
    answers.push(await resend());
    // After the requeue, and so not part of it, although it is not applied yet.
    await trySecond(", status = 'dead', finished_at = clock_timestamp()");
    answers.push(await resend(), await resend());
    await applyReplays();
    answers.push(await resend());
    expect(answers).toEqual([true, false, true, false, false]);
    expect(await statuses(event)).toEqual(['pending', 'pending']);
    await failOnceMore(event);
    expect([await resend(), await resend()]).toEqual([true, false]);
  });

  it("requeues neither a deleted endpoint's deliveries nor another tenant's", async () => {
    const event = await accepted();
    await admit(event, 'dead');
    expect(await (gateways[0] as TestingModule).get(Duplicates).settle({ ...principal({ resubmit: 'requeue-dead' }), tenant: 'other' }, event)).toBe(false);
    await fixture.pool.query('update endpoints set deleted_at = now() where id = $1', [endpoint]);
    expect(await settle(event, { resubmit: 'requeue-dead' })).toBe(false);
  });
});

describe('an event that is waited for', () => {
  const watch = (): SettlementWatch => (gateways[0] as TestingModule).get(SettlementWatch);

  it('is settled without routes, and when none of its deliveries is pending', async () => {
    const [unrouted, delivered] = [await accepted(), await accepted()];
    const [first, second] = [watch().wait('default', unrouted, 30_000), watch().wait('default', delivered, 30_000)];
    await admit(unrouted);
    expect(await first?.state).toEqual({ settled: true, admitted: true, deliveries: [] });
    await admit(delivered, 'pending', 0);
    await fixture.pool.query("update deliveries set status = 'delivered', attempts = 1, finished_at = now() where event_id = $1", [delivered]);
    expect(await second?.state).toMatchObject({ settled: true, deliveries: [{ endpoint: expect.stringMatching(/^ep_/) as unknown, status: 'delivered', attemptCount: 1, sequence: null, finishedAt: expect.any(String) as unknown }] });
  });

  it('is given as it is when the time is over', async () => {
    const [waiting, pending] = [await accepted(), await accepted()];
    await admit(pending, 'pending', 0);
    const [one, two] = [watch().wait('default', waiting, 50), watch().wait('default', pending, 50)];
    expect(await one?.state).toEqual({ settled: false, admitted: false, deliveries: [] });
    expect(await two?.state).toMatchObject({ settled: false, admitted: true, deliveries: [{ status: 'pending' }] });
  });

  it('is not settled between its resubmission and the replay of its dead deliveries', async () => {
    const event = await accepted();
    await admit(event, 'dead');
    expect(await settle(event, { resubmit: 'requeue-dead' })).toBe(true);
    expect(await watch().wait('default', event, 50)?.state).toMatchObject({ settled: false, deliveries: [{ status: 'dead' }] });
    await applyReplays();
    await failOnceMore(event);
    expect(await watch().wait('default', event, 30_000)?.state).toMatchObject({ settled: true, deliveries: [{ status: 'dead', attemptCount: 4 }] });
  });

  it('shows its first 100 deliveries', async () => {
    const event = await accepted();
    await admit(event);
    await fixture.pool.query(
      `insert into deliveries (event_id, endpoint, replay, tenant, shard, status) select $1, $2, n, 'default', 0, 'delivered' from generate_series(0, 119) as n`, [event, endpoint]);
    expect((await watch().wait('default', event, 30_000)?.state)?.deliveries).toHaveLength(100);
  });

  it('is forgotten when the client leaves', async () => {
    const wait = watch().wait('default', await accepted(), 30_000);
    wait?.giveUp();
    expect(await wait?.state).toBeUndefined();
  });

  it('is not waited for by more than 1,000 requests, 250 of one tenant; all get its state when the process stops', async () => {
    const event = await accepted();
    const stopping = new SettlementWatch((gateways[0] as TestingModule).get(FollowupRepository), captureLog().logger);
    const waitAs = (tenant: string): ReturnType<SettlementWatch['wait']> => stopping.wait(tenant, event, 30_000);
    const waits = ['a', 'b', 'c', 'd'].flatMap((tenant) => {
      const ofTenant = Array.from({ length: 250 }, () => waitAs(tenant));
      expect(waitAs(tenant)).toBeUndefined();
      return ofTenant;
    });
    expect(waitAs('e')).toBeUndefined();
    // One that leaves makes place, once.
    waits[0]?.giveUp();
    waits[0]?.giveUp();
    waits[0] = waitAs('a');
    expect([waits[0] === undefined, waitAs('a'), waitAs('e')]).toEqual([false, undefined, undefined]);
    stopping.stop();
    expect(await Promise.all(waits.map(async (wait) => wait?.state))).toEqual(Array.from({ length: 1_000 }, () => ({ settled: false, admitted: false, deliveries: [] })));
    expect(waitAs('a')).toBeUndefined();
  });

  it('gets no state while Postgres refuses the statement, which is logged once', async () => {
    const log = captureLog();
    const event = await accepted();
    const broken = await testModules(fixture.url, [KafkaModule.forRoot({ clientId: 'test' }), IngestModule], { env: { KAFKA_PARTITIONS: '4' }, logger: log.logger })
      .overrideProvider(databaseToken('followup')).useValue({ query: () => fixture.pool.query('select no_such_function()') })
      .compile();
    expect(await broken.get(SettlementWatch).wait('default', event, 120)?.state).toBeUndefined();
    expect(log.lines.filter(({ msg }) => /producers wait/.test(String(msg)))).toHaveLength(1);
    await broken.close();
  });

  it('is looked up by its keys', async () => {
    const plans: string[] = [];
    const repository = new FollowupRepository(explaining((gateways[0] as TestingModule).get<pg.Pool>(poolToken('followup')), plans));
    await repository.settled([{ id: mintId(), last: false }]);
    await repository.requeue(principal({}), mintId());
    expect(plans).toHaveLength(2);
    for (const plan of plans) {
      expect(plan).not.toMatch(/Seq Scan|shard_lane|replay_shards_open/);
      expect(plan).toMatch(/Scan (?:using|on) deliveries_\d+_pkey/);
    }
  });

  it('needs one statement for all that are due, however many wait', async () => {
    let statements = 0;
    const repository = (gateways[0] as TestingModule).get(FollowupRepository);
    const counted = new SettlementWatch({ settled: (asked) => {
      statements += 1;
      return repository.settled(asked);
    } }, captureLog().logger);
    const event = mintId();
    const waits = Array.from({ length: 100 }, () => counted.wait('default', event, 10));
    await Promise.all(waits.map(async (wait) => wait?.state));
    expect(statements).toBe(1);
  });
});
