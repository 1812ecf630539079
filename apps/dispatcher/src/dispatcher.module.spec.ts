import { expect, it } from '@jest/globals';
import { testProcess } from '#dev/testing/test-process';
import { createApp } from '#ground/process/run-app';
import { DISPATCHER } from './dispatcher-app.js';
import { DispatcherTransport } from './dispatcher.transport.js';

it('builds its module graph without Postgres and Kafka, and each topic has one handler', async () => {
  const app = await createApp(DISPATCHER, testProcess('postgresql://nobody@127.0.0.1:1/none', { KAFKA_BROKERS: '127.0.0.1:1', LOCKSTEP_RETRY_SCHEDULE: '5s,30s' }));
  await app.init();
  expect(() => app.get(DispatcherTransport).joinGroup()).not.toThrow();
  await app.close();
});
