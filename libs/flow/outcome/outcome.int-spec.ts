import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import type pg from 'pg';
import { register } from 'prom-client';
import { AdmissionModule } from '#flow/admission/admission.module';
import { AdmissionRepository } from '#flow/admission/admission.repository';
import type { AttemptResult, Disposition } from '#domain/disposition';
import { mintId } from '#domain/ids';
import { KafkaModule } from '#ground/kafka/kafka.module';
import { poolToken } from '#ground/postgres/inject-postgres';
import { createPool, databaseOf } from '#ground/postgres/pool';
import { NO_TRACING } from '#ground/tracing/tracing';
import { explaining } from '#dev/testing/explain';
import { captureLog } from '#dev/testing/log-capture';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { TestGroup } from '#dev/testing/test-group';
import { testModules } from '#dev/testing/test-modules';
import { waitUntil } from '#dev/testing/wait-until';
import { whileChanged } from '#dev/testing/while-changed';
import type { Outcome } from './outcome.js';
import { OutcomeModule } from './outcome.module.js';
import { OutcomeRepository } from './outcome.repository.js';
import { OutcomeService } from './outcome.service.js';

let fixture: ShardFixture;
/** Two owners of shards; the first one admits. */
let dispatchers: readonly [TestingModule, TestingModule];
let admissions: AdmissionRepository;
let outcomes: OutcomeRepository;
let endpoint: number;
let epoch: number;

beforeAll(async () => {
  fixture = await createShardFixture();
  dispatchers = [
    await testModules(fixture.url, [KafkaModule.forRoot({ clientId: 'test' }), new TestGroup().module, AdmissionModule, OutcomeModule]).compile(),
    await testModules(fixture.url, [OutcomeModule]).compile(),
  ];
  admissions = dispatchers[0].get(AdmissionRepository);
  outcomes = dispatchers[0].get(OutcomeRepository);
  endpoint = await fixture.createEndpoint();
});

beforeEach(async () => {
  epoch = await fixture.takeShard(0);
});

afterAll(async () => {
  await Promise.all(dispatchers.map((dispatcher) => dispatcher.close()));
  await fixture.close();
});

/** Admits events of one entity. @returns their ids, in the lane's order */
async function admitted(entity: string, count: number): Promise<string[]> {
  const ids = await fixture.accept(Array.from({ length: count }, () => ({ shard: 0, entity })));
  await admissions.admit([{ shard: 0, epoch, eventIds: ids, parked: [], nextOffset: undefined, caughtUp: false }]);
  return ids;
}

const result = (changes: Partial<AttemptResult> = {}): AttemptResult =>
  ({ startedAtMs: Date.now(), durationMs: 3, statusCode: 200, error: undefined, responseBody: Buffer.from('ok'), retryAfterMs: undefined, ...changes });

function outcome(eventId: string, attempt: number, disposition: Disposition, changes: Partial<Outcome> = {}): Outcome {
  return { shard: 0, epoch, key: { eventId, endpoint, replay: 0 }, attempt, result: result(), disposition, halts: false, tokenTopic: undefined, ...changes };
}

function goneOutcome(eventId: string, endpointId: number, changes: Partial<Outcome> = {}): Outcome {
  return outcome(eventId, 1, { kind: 'dead', reason: 'gone' }, { key: { eventId, endpoint: endpointId, replay: 0 }, result: result({ statusCode: 410 }), ...changes });
}

async function disablings(endpointId: number): Promise<unknown[]> {
  const { rows } = await fixture.pool.query<Record<string, unknown>>(
    "select a.tenant, actor, action, subject, detail from audit_log a join endpoints p on subject = 'ep_' || replace(p.public_id::text, '-', '') where p.id = $1", [endpointId]);
  return rows;
}

async function delivery(eventId: string): Promise<Record<string, unknown>> {
  const { rows } = await fixture.pool.query<Record<string, unknown>>(
    'select d.status, d.attempts, d.dead_reason, d.next_attempt_at > now() as waits, l.closed_sequence, l.delivered_sequence from deliveries d join lanes l on l.id = d.lane where event_id = $1', [eventId]);
  return rows[0] ?? {};
}

async function outbox(topic: string): Promise<Record<string, unknown>[]> {
  const { rows } = await fixture.pool.query<{ key: string; headers: unknown; value: Buffer }>('select key, headers, value from dispatch_outbox where topic = $1 order by id', [topic]);
  return rows.map((row) => ({ ...row, text: row.value.toString() }));
}

describe('a row that has changed while the statement waited for it', () => {
  it("keeps no retry token and no dead letter of other lanes from Kafka's topics", async () => {
    const [delivered = ''] = await admitted('changes', 1);
    const [dead = ''] = await admitted('dies', 1);
    const [retried = ''] = await admitted('is retried', 1);
    await fixture.pool.query('truncate dispatch_outbox');
    const applied = await whileChanged(fixture.pool, "update lanes set tail_sequence = tail_sequence + 1 where entity = 'changes'", () => outcomes.commit([
      outcome(delivered, 1, { kind: 'delivered' }),
      outcome(dead, 1, { kind: 'dead', reason: 'attempts_exhausted' }),
      outcome(retried, 1, { kind: 'retry', delayMs: 60_000 }, { tokenTopic: 'retry.1m' }),
    ]));
    expect(applied).toEqual(['applied', 'applied', 'applied']);
    const { rows } = await fixture.pool.query<{ topic: string }>('select topic from dispatch_outbox order by topic');
    expect(rows.map(({ topic }) => topic)).toEqual(['dlq', 'retry.1m']);
  });

  it('does not keep the outcomes of a shard from being applied because another one was taken over', async () => {
    const second = await fixture.takeShard(1);
    const [first = ''] = await admitted('is taken over', 1);
    const [stays = ''] = await fixture.accept([{ shard: 1, entity: 'stays' }]);
    await admissions.admit([{ shard: 1, epoch: second, eventIds: [stays], parked: [], nextOffset: undefined, caughtUp: false }]);
    const both = (): Promise<unknown> => outcomes.commit([outcome(first, 1, { kind: 'delivered' }), outcome(stays, 1, { kind: 'delivered' }, { shard: 1, epoch: second })]);
    expect(await whileChanged(fixture.pool, 'update shard_leases set epoch = epoch + 1 where shard = 0', both)).toEqual(['fenced', 'applied']);
  });
});

describe('outcome', () => {
  it('looks deliveries and events up by their keys, also when nothing was pending at the last ANALYZE', async () => {
    const ids = Array.from({ length: 500 }, () => mintId());
    await fixture.pool.query("insert into deliveries (event_id, endpoint, tenant, shard, status) select unnest($1::uuid[]), $2, 'default', 1, 'delivered'", [ids, endpoint]);
    await fixture.pool.query('vacuum analyze deliveries');
    const plans: string[] = [];
    const dead = { kind: 'dead', reason: 'attempts_exhausted' } as const;
    await new OutcomeRepository(explaining(dispatchers[0].get<pg.Pool>(poolToken('outcome')), plans)).commit(ids.map((id) => outcome(id, 1, dead)));
    const lookUps = (plans[0] ?? '').split('\n').filter((line) => /scan.* on (deliveries|events)_/i.test(line));
    expect(lookUps).not.toEqual([]);
    expect(lookUps.filter((line) => !/Index Scan using (deliveries|events)_\d+_pkey /.test(line))).toEqual([]);
  });

  it('commits attempt, delivery and the lane\'s counters together', async () => {
    const [first = '', second = ''] = await admitted('counters', 2);
    expect(await outcomes.commit([outcome(first, 1, { kind: 'delivered' }, { result: result({ responseBody: Buffer.from([0, 255, 1]) }) })])).toEqual(['applied']);
    expect(await delivery(first)).toMatchObject({ status: 'delivered', attempts: 1, closed_sequence: 1, delivered_sequence: 1 });
    await outcomes.commit([outcome(second, 1, { kind: 'dead', reason: 'attempts_exhausted' })]);
    expect(await delivery(second)).toMatchObject({ status: 'dead', dead_reason: 'attempts_exhausted', closed_sequence: 2, delivered_sequence: 1 });
    const { rows } = await fixture.pool.query<{ response_body: Buffer }>('select response_body from attempts where event_id = $1', [first]);
    expect(rows.map(({ response_body: body }) => [...body])).toEqual([[0, 255, 1]]);
  });

  it('is idempotent: committed twice, it changes nothing the second time', async () => {
    const [eventId = ''] = await admitted('twice', 1);
    const delivered = outcome(eventId, 1, { kind: 'delivered' });
    expect(await outcomes.commit([delivered])).toEqual(['applied']);
    expect(await outcomes.commit([delivered])).toEqual(['already']);
    const { rowCount } = await fixture.pool.query('select from attempts where event_id = $1', [eventId]);
    expect(rowCount).toBe(1);
  });

  it('refuses a stale owner, and commits the other outcomes of the batch', async () => {
    const [eventId = ''] = await admitted('fenced', 1);
    const otherEpoch = await fixture.takeShard(1);
    const [other = ''] = await fixture.accept([{ shard: 1, entity: 'other' }]);
    await admissions.admit([{ shard: 1, epoch: otherEpoch, eventIds: [other], parked: [], nextOffset: undefined, caughtUp: false }]);
    await fixture.takeShard(0);
    const verdicts = await outcomes.commit([outcome(eventId, 1, { kind: 'delivered' }), outcome(other, 1, { kind: 'delivered' }, { shard: 1, epoch: otherEpoch })]);
    expect(verdicts).toEqual(['fenced', 'applied']);
    expect(await delivery(eventId)).toMatchObject({ status: 'pending', attempts: 0, closed_sequence: 0 });
  });

  it('gives a delivery one terminal outcome: that of a later attempt is superseded', async () => {
    const [eventId = ''] = await admitted('unordered', 1);
    await outcomes.commit([outcome(eventId, 1, { kind: 'delivered' })]);
    expect(await outcomes.commit([outcome(eventId, 2, { kind: 'dead', reason: 'attempts_exhausted' })])).toEqual(['superseded']);
    expect(await delivery(eventId)).toMatchObject({ status: 'delivered', attempts: 1 });
  });

  it('writes the retry token and the time of the next attempt with a failure', async () => {
    const [eventId = ''] = await admitted('retried', 1);
    await outcomes.commit([outcome(eventId, 1, { kind: 'retry', delayMs: 5_500 }, { tokenTopic: 'retry.5s', result: result({ statusCode: undefined, error: 'ECONNREFUSED' }) })]);
    expect(await delivery(eventId)).toMatchObject({ status: 'pending', attempts: 1, waits: true, closed_sequence: 0 });
    const [token] = await outbox('retry.5s');
    expect(token?.['key']).toBe('default/retried');
    expect(JSON.parse(String(token?.['text']))).toMatchObject({ eventId, endpoint, replay: 0, attempt: 2, epoch });
  });

  it('writes a dead letter that another program can act on', async () => {
    const [eventId = ''] = await admitted('Zoë', 1);
    await outcomes.commit([outcome(eventId, 1, { kind: 'dead', reason: 'attempts_exhausted' }, { result: result({ statusCode: 500 }) })]);
    const letter = (await outbox('dlq')).find(({ key }) => key === 'default/Zoë');
    const { rows } = await fixture.pool.query<{ payload: Buffer }>('select payload from events where id = $1', [eventId]);
    expect(letter?.['value']).toEqual(rows[0]?.payload);
    expect(letter?.['headers']).toMatchObject({
      ce_specversion: '1.0', ce_id: `evt_${eventId.replaceAll('-', '')}`, ce_type: 'order.created', 'content-type': 'application/json',
      'lockstep-reason': 'attempts_exhausted', 'lockstep-attempts': '1', 'lockstep-sequence': '1', 'lockstep-last-status': '500',
    });
  });

  it('disables an endpoint that answers 410, audits that, and nudges every shard', async () => {
    const gone = await fixture.createEndpoint({ eventTypes: ['gone.*'] });
    const [eventId = ''] = await fixture.accept([{ shard: 0, entity: 'g', type: 'gone.away' }]);
    await admissions.admit([{ shard: 0, epoch, eventIds: [eventId], parked: [], nextOffset: undefined, caughtUp: false }]);
    await outcomes.commit([goneOutcome(eventId, gone)]);
    const { rows } = await fixture.pool.query<{ status: string; public_id: string }>('select status, public_id from endpoints where id = $1', [gone]);
    expect(rows).toMatchObject([{ status: 'disabled' }]);
    expect(await disablings(gone)).toEqual([{ tenant: 'default', actor: 'system', action: 'endpoint.disabled', subject: `ep_${rows[0]?.public_id.replaceAll('-', '')}`, detail: { reason: 'gone' } }]);
    expect(await outbox('control')).toHaveLength(4);
  });

  it('audits one disabling when several lanes get a 410 at once, on two shards, and when an outcome is committed twice', async () => {
    const gone = await fixture.createEndpoint({ eventTypes: ['gone.twice'] });
    const otherEpoch = await fixture.takeShard(1);
    const ids = await fixture.accept(['a', 'b', 'c', 'd'].map((entity, i) => ({ shard: i % 2, entity: `twice ${entity}`, type: 'gone.twice' })));
    const ofShard = (shard: number): string[] => ids.filter((_, i) => i % 2 === shard);
    await admissions.admit([0, 1].map((shard) => ({ shard, epoch: shard === 0 ? epoch : otherEpoch, eventIds: ofShard(shard), parked: [], nextOffset: undefined, caughtUp: false })));
    const here = ofShard(0).map((eventId) => goneOutcome(eventId, gone));
    const there = ofShard(1).map((eventId) => goneOutcome(eventId, gone, { shard: 1, epoch: otherEpoch }));
    expect(await Promise.all([outcomes.commit(here), dispatchers[1].get(OutcomeRepository).commit(there)])).toEqual([['applied', 'applied'], ['applied', 'applied']]);
    expect(await outcomes.commit(here)).toEqual(['already', 'already']);
    expect(await disablings(gone)).toHaveLength(1);
  });

  it('leaves an endpoint as it is when the answer is 410 and its owner is fenced, or the endpoint is deleted', async () => {
    const [fenced, deleted] = [await fixture.createEndpoint({ eventTypes: ['gone.fenced'] }), await fixture.createEndpoint({ eventTypes: ['gone.deleted'] })];
    const [first = '', second = ''] = await fixture.accept(['fenced', 'deleted'].map((name) => ({ shard: 0, entity: `gone ${name}`, type: `gone.${name}` })));
    await admissions.admit([{ shard: 0, epoch, eventIds: [first, second], parked: [], nextOffset: undefined, caughtUp: false }]);
    expect(await outcomes.commit([goneOutcome(first, fenced, { epoch: epoch - 1 })])).toEqual(['fenced']);
    await fixture.pool.query('update endpoints set deleted_at = now() where id = $1', [deleted]);
    expect(await outcomes.commit([goneOutcome(second, deleted)])).toEqual(['applied']);
    expect([await disablings(fenced), await disablings(deleted)]).toEqual([[], []]);
  });

  it('checks outcomes of two ownerships of a shard each against its own epoch', async () => {
    const [former = '', present = ''] = [...(await admitted('two owners a', 1)), ...(await admitted('two owners b', 1))];
    const stale = epoch;
    epoch = await fixture.takeShard(0);
    const service = dispatchers[0].get(OutcomeService);
    const verdicts = await Promise.all([
      service.add(outcome(former, 1, { kind: 'delivered' }, { epoch: stale }), false),
      service.add(outcome(present, 1, { kind: 'delivered' }), false),
    ]);
    expect(verdicts).toEqual(['fenced', 'applied']);
    expect(await delivery(former)).toMatchObject({ status: 'pending', attempts: 0 });
  });

  it('stores an outcome without the text that Postgres cannot store, and the others of its batch unchanged', async () => {
    const [bad = ''] = await admitted('poison', 1);
    const [good = ''] = await admitted('healthy', 1);
    const service = dispatchers[0].get(OutcomeService);
    const verdicts = await Promise.all([
      service.add(outcome(bad, 1, { kind: 'delivered' }, { result: result({ error: 'a\0b' }) }), false),
      service.add(outcome(good, 1, { kind: 'delivered' }), false),
    ]);
    expect(verdicts).toEqual(['applied', 'applied']);
    expect([await delivery(bad), await delivery(good)]).toMatchObject([{ status: 'delivered' }, { status: 'delivered' }]);
  });

  it('commits an outcome that Postgres rolls back because of another transaction, and counts that', async () => {
    const [contended = ''] = await admitted('contended', 1);
    // A sequence is not rolled back.
    await fixture.pool.query(`
      create sequence tries;
      create function deadlock_once() returns trigger language plpgsql as $$
        begin if nextval('tries') = 1 then raise exception 'deadlock' using errcode = '40P01'; end if; return new; end
      $$;
      create trigger deadlock_once before insert on attempts for each row execute function deadlock_once()`);
    expect(await dispatchers[0].get(OutcomeService).add(outcome(contended, 1, { kind: 'delivered' }), false)).toBe('applied');
    expect(await register.getSingleMetricAsString('lockstep_postgres_conflicts_total')).toContain('{statement="outcome"} 1');
    await fixture.pool.query('drop trigger deadlock_once on attempts');
  });

  it('commits the other outcomes while another session has locked one\'s lane, and that one when the lock is gone', async () => {
    const [blocked = ''] = await admitted('locked', 1);
    const others = await Promise.all(['free a', 'free b', 'free c'].map((entity) => admitted(entity, 1)));
    const pool = createPool({ databaseUrl: fixture.url, applicationName: 'test', max: 2, plans: 'by-index', transactionTimeoutMs: 300 });
    const { logger, lines } = captureLog();
    const service = new OutcomeService(new OutcomeRepository(databaseOf(pool)), logger, NO_TRACING);
    const session = await fixture.pool.connect();
    try {
      await session.query('begin');
      await session.query("select from lanes where entity = 'locked' for update");
      const verdict = service.add(outcome(blocked, 1, { kind: 'delivered' }), true);
      for (const [i, [other = '']] of others.entries()) {
        await waitUntil('another failure of the blocked one', () => lines.length >= i);
        expect(await service.add(outcome(other, 1, { kind: 'delivered' }), true)).toBe('applied');
      }
      expect(await delivery(blocked)).toMatchObject({ status: 'pending' });
      await session.query('commit');
      expect(await verdict).toBe('applied');
    } finally {
      service.stop();
      session.release();
      await pool.end();
    }
  });
});
