import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { toPublicId } from '#domain/ids';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { testModules } from '#dev/testing/test-modules';
import { type DeadLetterGroups, deadLetterGroupsQuerySchema, deadLetterGroupsSchema } from './dead-letter.schema.js';
import { DeadLettersModule } from './dead-letters.module.js';
import { DeadLettersService } from './dead-letters.service.js';

const NOON = Date.parse('2026-01-31T12:00:00Z');

let fixture: ShardFixture;
let gateway: TestingModule;
let endpoints: [number, string][];

beforeAll(async () => {
  fixture = await createShardFixture();
  gateway = await testModules(fixture.url, [DeadLettersModule]).compile();
});

beforeEach(async () => {
  await fixture.pool.query('truncate events, deliveries, attempts');
  endpoints = await Promise.all([0, 1].map(async () => {
    const key = await fixture.createEndpoint();
    const { rows } = await fixture.pool.query<{ public_id: string }>('select public_id from endpoints where id = $1', [key]);
    return [key, toPublicId('ep', rows[0]?.public_id ?? '')] as [number, string];
  }));
});

afterAll(async () => {
  await gateway.close();
  await fixture.close();
});

interface Letter {
  readonly of: number;
  readonly type?: string;
  readonly entity?: string;
  readonly reason?: string;
  readonly code?: number | null;
  readonly diedAtMs?: number;
  readonly status?: string;
}

async function letter({ of, type = 'order.paid', entity = 'a', reason = 'attempts_exhausted', code = 500, diedAtMs = NOON, status = 'dead' }: Letter): Promise<void> {
  const [id] = await fixture.accept([{ shard: 0, entity, type }]);
  await fixture.pool.query(
    "insert into deliveries (event_id, endpoint, tenant, shard, status, attempts, dead_reason, finished_at) values ($1, $2, 'default', 0, $3, 2, $4, $5)", [id, endpoints[of]?.[0], status, reason, new Date(diedAtMs)]);
  await fixture.pool.query(
    `insert into attempts (event_id, endpoint, replay, number, tenant, epoch, started_at, duration_ms, status_code)
     values ($1, $2, 0, 1, 'default', 1, now(), 1, 418), ($1, $2, 0, 2, 'default', 1, now(), 1, $3)`, [id, endpoints[of]?.[0], code]);
}

async function groups(query: Record<string, unknown> = {}, tenant = 'default'): Promise<DeadLetterGroups> {
  return deadLetterGroupsSchema.parse(await gateway.get(DeadLettersService).group(tenant, deadLetterGroupsQuerySchema.parse(query)));
}

describe('groups of dead letters', () => {
  beforeEach(async () => {
    await letter({ of: 0 });
    await letter({ of: 0, type: 'order.created', diedAtMs: NOON + 2_000 });
    await letter({ of: 0, code: null, diedAtMs: NOON + 1_000 });
    await letter({ of: 1, reason: 'gone', code: 410, diedAtMs: NOON + 5_000, entity: 'b' });
    await letter({ of: 1, status: 'pending' });
  });

  const [at0, at1, at2, at5] = [0, 1, 2, 5].map((seconds) => new Date(NOON + seconds * 1_000).toISOString());

  it('are told apart by endpoint and reason, the largest first, with their oldest and newest', async () => {
    expect(await groups()).toEqual({
      data: [
        { endpoint: endpoints[0]?.[1], reason: 'attempts_exhausted', count: 3, oldestAt: at0, newestAt: at2 },
        { endpoint: endpoints[1]?.[1], reason: 'gone', count: 1, oldestAt: at5, newestAt: at5 },
      ],
      groups: 2, deadLetters: 4,
    });
  });

  it('are told apart by whatever is asked for; the status code is that of the last attempt', async () => {
    expect((await groups({ by: 'statusCode' })).data).toEqual([
      { statusCode: 500, count: 2, oldestAt: at0, newestAt: at2 }, { statusCode: 410, count: 1, oldestAt: at5, newestAt: at5 }, { statusCode: null, count: 1, oldestAt: at1, newestAt: at1 },
    ]);
    expect((await groups({ by: 'type' })).data.map(({ type, count }) => [type, count])).toEqual([['order.paid', 3], ['order.created', 1]]);
    expect((await groups({ by: 'endpoint,reason,statusCode,type' })).data.map(({ count }) => count)).toEqual([1, 1, 1, 1]);
    expect(deadLetterGroupsQuerySchema.safeParse({ by: 'entity' }).success).toBe(false);
  });

  it('have only letters that match, and say what is beyond the limit', async () => {
    expect(await groups({ by: 'statusCode', limit: 1 })).toMatchObject({ data: [{ statusCode: 500 }], groups: 3, deadLetters: 4 });
    expect((await groups({ endpoint: endpoints[1]?.[1] })).deadLetters).toBe(1);
    expect((await groups({ entity: 'b' })).deadLetters).toBe(1);
    expect((await groups({ type: 'order.created' })).deadLetters).toBe(1);
    expect((await groups({ from: new Date(Date.now() + 60_000).toISOString() }))).toEqual({ data: [], groups: 0, deadLetters: 0 });
    expect((await groups({ to: new Date(Date.now() + 60_000).toISOString() })).deadLetters).toBe(4);
    expect(await groups({}, 'acme')).toEqual({ data: [], groups: 0, deadLetters: 0 });
    expect((await groups({ endpoint: endpoints[1]?.[1] }, 'acme')).deadLetters).toBe(0);
  });
});
