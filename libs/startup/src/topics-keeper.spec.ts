import { expect, it, jest } from '@jest/globals';
import type { Kafka } from 'kafkajs';
import pino from 'pino';
import { loadConfig } from '#config/config';
import { TopicsKeeper } from './topics-keeper.js';

const config = loadConfig({ DATABASE_URL: 'postgres://nowhere/none', KAFKA_BROKERS: 'nowhere:9092', LOCKSTEP_SECRET_KEY: 'x'.repeat(32) });

it('holds up the end of the process for a second at most, while a Kafka that is away does not answer', async () => {
  jest.useFakeTimers();
  try {
    const silent = { admin: () => ({ connect: () => new Promise(() => undefined) }) } as unknown as Kafka;
    const keeper = new TopicsKeeper(silent, config, pino({ level: 'silent' }));
    keeper.start();
    let stopped = false;
    const stop = keeper.stop().then(() => (stopped = true));
    await jest.advanceTimersByTimeAsync(900);
    expect(stopped).toBe(false);
    await jest.advanceTimersByTimeAsync(200);
    await stop;
    await keeper.ready(new AbortController().signal);
  } finally {
    jest.useRealTimers();
  }
});
