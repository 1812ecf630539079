import { expect, it } from '@jest/globals';
import { documentedPools } from '#dev/testing/documented-pools';
import { testProcess } from '#dev/testing/test-process';
import { PgPools } from '#ground/postgres/pg-pools';
import { createApp } from '#ground/process/run-app';
import { DispatcherModule } from './dispatcher.module.js';
import { DispatcherTransport } from './dispatcher.transport.js';

it('builds its module graph without Postgres and Kafka, each topic has one handler, and the pools are as documented', async () => {
  const process = testProcess('postgresql://nobody@127.0.0.1:1/none', { KAFKA_BROKERS: '127.0.0.1:1', LOCKSTEP_RETRY_SCHEDULE: '5s,30s' });
  const app = await createApp({ module: DispatcherModule, transport: DispatcherTransport }, process);
  await app.init();
  expect(() => app.get(DispatcherTransport).joinGroup()).not.toThrow();
  expect(app.get(PgPools).sizes).toEqual(documentedPools('dispatcher'));
  await app.close();
});
