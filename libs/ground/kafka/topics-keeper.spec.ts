import { expect, it, jest } from '@jest/globals';
import pino from 'pino';
import { TopicsKeeper } from './topics-keeper.js';

it('holds up the end of the process for a second at most, while a Kafka that is away does not answer', async () => {
  jest.useFakeTimers();
  try {
    const keeper = new TopicsKeeper(() => new Promise(() => undefined), pino({ level: 'silent' }));
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
