import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { createShardFixture, type ShardFixture } from '#dev/testing/shard-fixture';
import { testModules } from '#dev/testing/test-modules';
import { toPublicId } from '#domain/ids';
import type { Page } from '#ground/http/pagination';
import { deliveryQuerySchema, eventQuerySchema } from '#manage/events/event.schema';
import { DeliveriesService } from '#manage/events/deliveries.service';
import { EventsService } from '#manage/events/events.service';
import { deadLetterQuerySchema } from './dead-letter.schema.js';
import { DeadLettersModule } from './dead-letters.module.js';
import { DeadLettersService } from './dead-letters.service.js';

let fixture: ShardFixture;
let api: TestingModule;
let quiet: string;

/** More than a page reads. */
const OTHERS = 20_100;

beforeAll(async () => {
  fixture = await createShardFixture();
  api = await testModules(fixture.url, [DeadLettersModule]).compile();
  const endpoints = [await fixture.createEndpoint(), await fixture.createEndpoint()];
  await fixture.pool.query("insert into tenants (id) values ('quiet')");
  const { rows: [row] } = await fixture.pool.query<{ public_id: string }>("update endpoints set tenant = 'quiet' where id = $1 returning public_id", [endpoints[1]]);
  quiet = toPublicId('ep', row?.public_id ?? '');
  // The quiet tenant's are older than all others.
  await fixture.pool.query(
    `with event as (
       insert into events (id, tenant, shard, type, entity, content_type, payload)
       select
         overlay(uuid_floor(now())::text placing lpad(to_hex(n), 12, '0') from 25)::uuid,
         case when n < 3 then 'quiet' else 'default' end, 0, 'order.created', 'order-' || n % 7, 'application/json', '{}'
       from generate_series(1, $3) as n
       returning id, tenant
     )
     insert into deliveries (event_id, endpoint, tenant, shard, status)
     select id, case tenant when 'quiet' then $2::integer else $1 end, tenant, 0, 'dead' from event`,
    [...endpoints, OTHERS]);
});

afterAll(async () => {
  await api.close();
  await fixture.close();
});

it.each<[string, (cursor?: string) => Promise<Page<unknown>>]>([
  ['events', (cursor) => api.get(EventsService).list('quiet', eventQuerySchema.parse({ status: 'accepted', cursor }))],
  ['deliveries', (cursor) => api.get(DeliveriesService).list('quiet', deliveryQuerySchema.parse({ endpoint: quiet, status: 'dead', cursor }))],
  ['dead letters', (cursor) => api.get(DeadLettersService).list('quiet', deadLetterQuerySchema.parse({ type: 'order.created', cursor }))],
])('a page of %s stops after many rows that do not match, and the next one goes on from there', async (_, list) => {
  const first = await list();
  expect(first.data).toEqual([]);
  const next = await list(first.nextCursor ?? undefined);
  expect(next.data).toHaveLength(2);
  expect(next.nextCursor).toBeNull();
});

it('reads only the rows of the endpoint', async () => {
  const page = await api.get(DeadLettersService).list('quiet', deadLetterQuerySchema.parse({ endpoint: quiet }));
  expect(page).toMatchObject({ data: [{ endpoint: quiet }, { endpoint: quiet }], nextCursor: null });
});
