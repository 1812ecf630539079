import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import type pg from 'pg';
import { explaining } from '#dev/testing/explain';
import { createTestDatabase, type TestDatabase } from '#dev/testing/test-database';
import { testModules } from '#dev/testing/test-modules';
import { databaseOf } from '#ground/postgres/pool';
import { poolToken } from '#ground/postgres/inject-postgres';
import { DeliveriesRepository } from '#manage/events/deliveries.repository';
import { EventsRepository } from '#manage/events/events.repository';
import { ListsDatabase } from '#manage/lists-database.module';
import { CountsDatabase } from './counts-database.module.js';
import { DeadLettersModule } from './dead-letters.module.js';
import { DeadLettersRepository } from './dead-letters.repository.js';

let database: TestDatabase;
let api: TestingModule;

beforeAll(async () => {
  database = await createTestDatabase();
  api = await testModules(database.url, [DeadLettersModule]).compile();
});

afterAll(async () => {
  await api.close();
  await database.drop();
});

it('reads pages in the order of an index, with any filter, and sorts no more than the deliveries of one event', async () => {
  const pool = api.get<pg.Pool>(poolToken('lists'));
  const plans: string[] = [];
  const lists = new ListsDatabase(explaining(pool, plans), { slots: 1, perTenant: 1, waiting: 0, waitingPerTenant: 0, waitMs: 0 });
  const single = databaseOf(pool);
  const counts = api.get(CountsDatabase);
  const any = { tenant: 'default', from: new Date(), to: undefined, entity: undefined, type: undefined, source: undefined };
  const endpointId = '0190c1f0-0000-7000-8000-0000000000ab';
  for (const entity of [undefined, 'order-1']) {
    await new EventsRepository(single, lists).list({ ...any, entity, admitted: true }, undefined, 51);
    await new DeliveriesRepository(single, lists).list({ ...any, entity, endpointId, status: 'pending' }, undefined, 51);
  }
  for (const endpoint of [undefined, endpointId]) await new DeadLettersRepository(lists, counts).list({ ...any, endpointId: endpoint, entity: 'order-1' }, undefined, 51);
  expect(plans).toHaveLength(6);
  expect(plans.filter((plan) => /(?<!Incremental )Sort {2}/.test(plan))).toEqual([]);
  // Of an entity's events and an endpoint's dead letters, whose indexes do not order the deliveries of one event.
  expect(plans.filter((plan) => plan.includes('Incremental Sort')).length).toBeLessThanOrEqual(2);
});
