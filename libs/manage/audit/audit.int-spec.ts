import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import type pg from 'pg';
import { explaining } from '#dev/testing/explain';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { testModules } from '#dev/testing/test-modules';
import { TEST_PRINCIPAL } from '#dev/testing/test-principal';
import { END_MICROSECONDS } from '#ground/http/moment';
import type { Page } from '#ground/http/pagination';
import type { Principal } from '#ground/http/principal';
import { poolToken } from '#ground/postgres/inject-postgres';
import { ListsDatabase } from '#manage/lists-database.module';
import { AuditModule } from './audit.module.js';
import { AuditRepository } from './audit.repository.js';
import { auditQuerySchema, type AuditRow, auditRowSchema } from './audit.schema.js';
import { AuditService } from './audit.service.js';

let fixture: ShardFixture;
let api: TestingModule;

const MANAGER: Principal = { ...TEST_PRINCIPAL, actor: { type: 'key', id: 'key_1', name: 'Deployment' }, scopes: new Set(['read', 'manage']) };

beforeAll(async () => {
  fixture = await createShardFixture();
  api = await testModules(fixture.url, [AuditModule]).compile();
  await fixture.pool.query("insert into tenants (id) values ('other')");
  const insert = `insert into audit_log (tenant, actor_type, actor, actor_name, request_id, action, subject, detail, at) values ($1, $2, $3, $4, $5, $6, $7, '{"a": 1}', $8)`;
  const at = (minute: number): Date => new Date(Date.parse('2026-01-31T12:00:00Z') + minute * 60_000);
  for (let i = 0; i < 6; i++) await fixture.pool.query(insert, ['default', 'key', 'key_1', 'Deployment', `req_${i}`, 'lane.paused', `ep_1/e${i % 2}`, at(i)]);
  await fixture.pool.query(insert, ['other', 'admin', 'admin', 'Admin key', 'req_o', 'endpoint.created', 'ep_2', at(6)]);
  await fixture.pool.query(insert, [null, 'system', 'system', 'Lockstep', null, 'day.retired', '2026-01-01', at(7)]);
  // Of an earlier release.
  await fixture.pool.query("insert into audit_log (tenant, actor, action, subject, at) values ('default', 'admin', 'endpoint.paused', 'ep_1', $1), ('default', 'system', 'endpoint.disabled', 'ep_1', $1)", [at(8)]);
});

afterAll(async () => {
  await api.close();
  await fixture.close();
});

async function list(query: Record<string, unknown> = {}, principal = MANAGER): Promise<Page<AuditRow>> {
  const page = await api.get(AuditService).list(principal, auditQuerySchema.parse(query));
  page.data.forEach((row) => auditRowSchema.parse(row));
  return page;
}

const subjects = async (query: Record<string, unknown>, principal = MANAGER): Promise<string[]> => (await list(query, principal)).data.map(({ subject }) => subject);

describe('the audit log', () => {
  it('says who did what, to what, when, and by which request', async () => {
    expect((await list({ to: '2026-01-31T12:06:00Z', limit: 1 })).data).toEqual([{
      id: expect.stringMatching(/^aud_[0-9a-f]{13}$/) as unknown, at: '2026-01-31T12:05:00.000Z', actor: { type: 'key', id: 'key_1', name: 'Deployment' },
      action: 'lane.paused', subject: 'ep_1/e1', detail: { a: 1 }, requestId: 'req_5',
    }]);
  });

  it('has rows of the own tenant only, and those about the installation for the scope admin', async () => {
    expect(await subjects({})).toEqual(['ep_1', 'ep_1', 'ep_1/e1', 'ep_1/e0', 'ep_1/e1', 'ep_1/e0', 'ep_1/e1', 'ep_1/e0']);
    expect(await subjects({}, { ...MANAGER, tenant: 'other' })).toEqual(['ep_2']);
    expect(await subjects({ limit: 3 }, TEST_PRINCIPAL)).toEqual(['ep_1', 'ep_1', '2026-01-01']);
    expect(await subjects({ subject: '2026-01-01' }, TEST_PRINCIPAL)).toEqual(['2026-01-01']);
    expect(await subjects({ subject: '2026-01-01' })).toEqual([]);
    expect(await subjects({ subject: 'ep_2' })).toEqual([]);
  });

  it('can be filtered', async () => {
    expect(await subjects({ actor: 'system' })).toEqual(['ep_1']);
    expect(await subjects({ action: 'endpoint.paused' })).toEqual(['ep_1']);
    expect(await subjects({ subject: 'ep_1/e0', from: '2026-01-31T12:02:00Z', to: '2026-01-31T12:04:00Z' })).toEqual(['ep_1/e0']);
    expect(await subjects({ actor: 'key_1', action: 'endpoint.paused' })).toEqual([]);
    expect(() => auditQuerySchema.parse({ action: 'lane' })).toThrow('endpoint.created');
  });

  it('comes in pages without gaps and repeats, also where rows have the same moment', async () => {
    for (const query of [{}, { subject: 'ep_1' }, { to: '2026-01-31T12:05:00Z' }]) {
      const all = (await list(query)).data;
      const paged: AuditRow[] = [];
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const page: Page<AuditRow> = await list({ ...query, limit: 1, ...(cursor === undefined ? {} : { cursor }) });
        paged.push(...page.data);
        cursor = page.nextCursor;
      }
      expect(paged).toEqual(all);
    }
  });

  it('shows rows of earlier releases', async () => {
    expect((await list({ subject: 'ep_1' })).data).toMatchObject([
      { actor: { type: 'system', id: 'system', name: 'Lockstep' }, requestId: null }, { actor: { type: 'admin', id: 'admin', name: 'Admin key' }, requestId: null, detail: {} },
    ]);
  });

  it('is read by the index on the time, or on the subject', async () => {
    const plans: string[] = [];
    const lists = new ListsDatabase(explaining(api.get<pg.Pool>(poolToken('lists')), plans), { slots: 1, perTenant: 1, waiting: 0, waitingPerTenant: 0, waitMs: 0 });
    for (const subject of [undefined, 'c']) {
      await new AuditRepository(lists).list({ tenant: 'default', installation: false, from: 0, actor: 'a', action: 'b', subject }, [END_MICROSECONDS, 0], 51);
    }
    expect(plans.map((plan) => [...plan.matchAll(/(?:Scan|Scan Backward)(?: using (\w+))? on audit_log/g)].map(([, index]) => index))).toEqual([['audit_log_at'], ['audit_log_subject']]);
  });
});
