import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import type pg from 'pg';
import { AdmissionRepository } from '#flow/admission/admission.repository';
import { OpenReplaysRepository } from '#flow/operations/open-replays.repository';
import type { Disposition } from '#domain/disposition';
import { mintId } from '#domain/ids';
import { POSTED } from '#flow/ingest/event-origin';
import { IngestRepository, type Submission } from '#flow/ingest/ingest.repository';
import { LanesRepository } from '#flow/lanes/lanes.repository';
import { OutcomeRepository } from '#flow/outcome/outcome.repository';
import { createPool, databaseOf } from '#ground/postgres/pool';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { testModules } from '#dev/testing/test-modules';
import { LedgerModule } from './ledger.module.js';
import { reportOf } from './ledger.js';
import { LedgerRepository } from './ledger.repository.js';

/** Everything that a shard's gateway, relay and dispatcher write, by the statements that they write it with. */
class BusyShard {
  /** What the `events` partition holds. */
  readonly log: string[] = [];
  private rounds = 0;

  constructor(
    private readonly shard: number,
    private readonly epoch: number,
    private readonly pool: pg.Pool,
    private readonly byIndex: pg.Pool,
  ) {}

  async work(): Promise<void> {
    this.rounds += 1;
    await this.accept();
    await this.relay();
    await this.admit();
    await this.attempt();
    if (this.rounds % 5 === 0) await this.replayDeadLetters();
    if (this.rounds % 7 === 0) await this.deleteEndpoint();
  }

  private async accept(): Promise<void> {
    const submissions = Array.from({ length: 20 }, (_, i): Submission => ({
      id: mintId(), tenant: i % 3 === 0 ? 'acme' : 'default', shard: this.shard, origin: POSTED, isItem: false, type: 'order.created', entity: `${this.shard}-${i % 7}`, occurredAt: undefined,
      idempotencyKey: i % 2 === 0 ? mintId() : undefined, fingerprint: i % 2 === 0 ? Buffer.alloc(32) : undefined, contentType: 'application/json', traceparent: undefined, attributes: undefined, acceptedBy: 'admin', payload: Buffer.from('{}'),
    }));
    await new IngestRepository(databaseOf(this.pool), { idempotencyRetentionMs: 60_000 }).commit(submissions);
  }

  /** In the log first, and then out of the outbox; a few stay there for the next time. */
  private async relay(): Promise<void> {
    const { rows } = await this.pool.query<{ event_id: string; accept_seq: number }>('select event_id, accept_seq from outbox where shard = $1 order by accept_seq limit 18', [this.shard]);
    this.log.push(...rows.map(({ event_id: id }) => id));
    await this.pool.query('delete from outbox where shard = $1 and accept_seq = any($2)', [this.shard, rows.map(({ accept_seq: sequence }) => sequence)]);
  }

  private async admit(): Promise<void> {
    const { rows: [cursor] } = await this.pool.query<{ next_offset: number }>('select next_offset from shard_cursors where shard = $1', [this.shard]);
    const eventIds = this.log.slice(cursor?.next_offset, (cursor?.next_offset ?? 0) + 15);
    const nextOffset = (cursor?.next_offset ?? 0) + eventIds.length;
    await new AdmissionRepository(databaseOf(this.pool)).admit([{ shard: this.shard, epoch: this.epoch, eventIds, parked: [], nextOffset, caughtUp: nextOffset === this.log.length }]);
  }

  /** The heads of all lanes that are not halted. */
  private async attempt(): Promise<void> {
    const { rows } = await this.pool.query<{ event_id: string; endpoint: number; replay: number; attempts: number; halts: boolean }>(
      `select distinct on (d.lane, case when d.lane is null then d.event_id end) d.event_id, d.endpoint, d.replay, d.attempts, p.dlq_policy = 'halt' as halts
       from deliveries d join endpoints p on p.id = d.endpoint and p.deleted_at is null left join lanes l on l.id = d.lane
       where d.shard = $1 and d.status = 'pending' and l.halted_sequence is null
       order by d.lane, case when d.lane is null then d.event_id end, d.sequence`, [this.shard]);
    const verdicts = await new OutcomeRepository(databaseOf(this.byIndex)).commit(rows.map(({ event_id: eventId, endpoint, replay, attempts, halts }, i) => {
      const [statusCode, disposition] = outcomeOf(i + this.rounds);
      return {
        shard: this.shard, epoch: this.epoch, key: { eventId, endpoint, replay }, attempt: attempts + 1, disposition, halts: halts && disposition.kind === 'dead', tokenTopic: undefined,
        result: { startedAtMs: Date.now(), durationMs: 1, statusCode, error: undefined, responseBody: Buffer.alloc(0), retryAfterMs: undefined },
      };
    }));
    expect(new Set(verdicts)).toEqual(new Set(rows.length === 0 ? [] : ['applied']));
  }

  private async replayDeadLetters(): Promise<void> {
    const replay = mintId();
    const action = this.rounds % 2 === 0 ? 'discard' : 'replay';
    await this.pool.query("insert into replays (id, tenant, action, actor, matched) values ($1, 'default', $2, 'test', 0)", [replay, action]);
    await this.pool.query("insert into replay_shards (replay, shard, tenant) values ($1, $2, 'default')", [replay, this.shard]);
    const [open] = (await new OpenReplaysRepository(databaseOf(this.pool)).find([this.shard])).filter((each) => each.replay === replay);
    if (open === undefined) throw new Error('The replay is not open');
    while (!(await new OpenReplaysRepository(databaseOf(this.pool)).apply(open, this.epoch)).finished);
  }

  private async deleteEndpoint(): Promise<void> {
    const { rows: [endpoint] } = await this.pool.query<{ id: number }>("update endpoints set deleted_at = now() where id = (select max(id) from endpoints where deleted_at is null and description = 'short-lived') returning id");
    await this.pool.query("insert into endpoints (public_id, tenant, url, description) values (gen_random_uuid(), 'acme', 'http://127.0.0.1:9/', 'short-lived')");
    if (endpoint !== undefined) await new LanesRepository(databaseOf(this.pool)).discardEndpoint(this.shard, this.epoch, endpoint.id, 3);
  }
}

function outcomeOf(n: number): [number, Disposition] {
  if (n % 5 === 0) return [500, { kind: 'dead', reason: 'attempts_exhausted' }];
  return n % 3 === 0 ? [503, { kind: 'retry', delayMs: 0 }] : [200, { kind: 'delivered' }];
}

let fixture: ShardFixture;
let writing: pg.Pool;
let byIndex: pg.Pool;
let reading: TestingModule;

beforeAll(async () => {
  fixture = await createShardFixture();
  writing = createPool({ databaseUrl: fixture.url, applicationName: 'test', max: 4 });
  byIndex = createPool({ databaseUrl: fixture.url, applicationName: 'test', max: 4, plans: 'by-index' });
  reading = await testModules(fixture.url, [LedgerModule]).compile();
  await fixture.pool.query("insert into tenants (id) values ('acme')");
  await fixture.pool.query(`insert into endpoints (public_id, tenant, url, ordering, dlq_policy, description) values
    (gen_random_uuid(), 'default', 'http://127.0.0.1:9/', 'entity', 'continue', ''), (gen_random_uuid(), 'default', 'http://127.0.0.1:9/', 'none', 'continue', ''),
    (gen_random_uuid(), 'default', 'http://127.0.0.1:9/', 'entity', 'halt', ''), (gen_random_uuid(), 'acme', 'http://127.0.0.1:9/', 'entity', 'continue', 'short-lived')`);
});

afterAll(async () => {
  await Promise.all([writing.end(), byIndex.end(), reading.close()]);
  await fixture.close();
});

it('is balanced at every moment of a busy system, with and without Kafka', async () => {
  const shards = await Promise.all([0, 1, 2, 3].map(async (shard) => new BusyShard(shard, await fixture.takeShard(shard), writing, byIndex)));
  const ledger = reading.get(LedgerRepository);
  const readLogs = (): Promise<Map<number, { start: number; end: number }>> => Promise.resolve(new Map(shards.map(({ log }, shard) => [shard, { start: 0, end: log.length }])));
  let ended = false;
  const working = Promise.all(shards.map(async (shard) => {
    while (!ended) await shard.work();
  }));
  const seen = { accepted: 0, notAdmitted: 0, pending: 0, dead: 0, discarded: 0 };
  try {
    for (let n = 0; n < 30; n++) {
      const report = reportOf(await ledger.read({ olderThanMs: 600_000, readLogs: n % 2 === 0 ? readLogs : undefined }));
      expect(report.violations).toEqual([]);
      for (const key of ['accepted', 'notAdmitted', 'admitted'] as const) expect(report.tenants.reduce((sum, tenant) => sum + tenant[key], 0)).toBe(report[key]);
      for (const key of ['total', 'pending', 'delivered', 'dead', 'discarded'] as const) expect(report.tenants.reduce((sum, { routes }) => sum + routes[key], 0)).toBe(report.routes[key]);
      for (const key of ['pending', 'dead', 'discarded'] as const) seen[key] += report.routes[key];
      for (const key of ['accepted', 'notAdmitted'] as const) seen[key] += report[key];
    }
  } finally {
    ended = true;
    await working;
  }
  // It was busy in all these ways.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
  const { rows } = await fixture.pool.query<Record<string, number>>(
    "select (select count(*) from deliveries where replayed_attempts > 0) as replayed, (select count(*) from lanes where halted_sequence is not null) as halted, (select count(*) from deliveries d join endpoints p on p.id = d.endpoint where p.deleted_at is not null and d.status = 'discarded') as orphaned");
  for (const count of Object.values(rows[0] ?? { none: 0 })) expect(count).toBeGreaterThan(0);
}, 120_000);
