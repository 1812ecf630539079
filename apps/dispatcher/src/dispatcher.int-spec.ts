import { expect, it } from '@jest/globals';
import { createTestDatabase } from '#dev/testing/test-database';
import { testProcess } from '#dev/testing/test-process';
import { waitUntil } from '#dev/testing/wait-until';
import { createApp } from '#ground/process/run-app';
import { DispatcherModule } from './dispatcher.module.js';
import { DispatcherTransport } from './dispatcher.transport.js';

it('starts without Kafka, reports what it lacks, and stops in time', async () => {
  const database = await createTestDatabase();
  const app = await createApp({ module: DispatcherModule, transport: DispatcherTransport }, testProcess(database.url, { KAFKA_BROKERS: '127.0.0.1:1' }));
  await app.listen(0, '127.0.0.1');
  const probe = async (name: string): Promise<Response> => fetch(`${await app.getUrl()}/health/${name}`);
  await waitUntil('the start', async () => (await probe('startup')).status === 200);

  const ready = await probe('ready');
  const { details, error } = (await ready.json()) as Record<'details' | 'error', Record<string, { status: string }>>;
  expect(ready.status).toBe(503);
  expect(Object.keys(error)).toEqual(['kafka', 'group']);
  expect(Object.keys(details).sort()).toEqual(['group', 'kafka', 'partitions', 'postgres', 'relay', 'startup']);
  const metrics = await (await fetch(`${await app.getUrl()}/metrics`)).text();
  for (const gauge of ['lockstep_oldest_pending_age_seconds', 'lockstep_dispatch_outbox_depth', 'lockstep_partitions_ahead_seconds']) expect(metrics).toMatch(new RegExp(`^${gauge} \\d`, 'm'));

  const stoppingAtMs = performance.now();
  await app.close();
  expect(performance.now() - stoppingAtMs).toBeLessThan(5_000);
  await database.drop();
});
