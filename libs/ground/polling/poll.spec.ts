import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Poll } from './poll.js';

const [INTERVAL_MS, RETRY_MS] = [60_000, 1_000];

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

function world() {
  const runs: PromiseWithResolvers<void>[] = [];
  const errors: unknown[] = [];
  const poll = new Poll({
    intervalMs: INTERVAL_MS,
    retryMs: RETRY_MS,
    work: (signal) => {
      const run = Promise.withResolvers<void>();
      runs.push(run);
      signal.addEventListener('abort', () => run.reject(new Error('cut')));
      return run.promise;
    },
    onError: (error) => errors.push(error),
  });
  const end = async (error?: Error): Promise<void> => {
    if (error === undefined) runs.at(-1)?.resolve();
    else runs.at(-1)?.reject(error);
    await jest.advanceTimersByTimeAsync(0);
  };
  return { poll, runs, errors, end };
}

describe('Poll', () => {
  it('runs at the start, or later, and then at the interval after the end of each run', async () => {
    const { poll, runs, end } = world();
    poll.start(5_000);
    await jest.advanceTimersByTimeAsync(4_999);
    expect(runs).toHaveLength(0);
    await jest.advanceTimersByTimeAsync(1);
    expect(runs).toHaveLength(1);
    // A long run does not overlap the next one.
    await jest.advanceTimersByTimeAsync(3 * INTERVAL_MS);
    expect(runs).toHaveLength(1);
    await end();
    await jest.advanceTimersByTimeAsync(INTERVAL_MS - 1);
    expect(runs).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(runs).toHaveLength(2);
    await poll.stop();
  });

  it('starts one more run for all nudges during a run', async () => {
    const { poll, runs, end } = world();
    poll.start();
    poll.nudge();
    poll.nudge();
    expect(runs).toHaveLength(1);
    await end();
    expect(runs).toHaveLength(2);
    await end();
    expect(runs).toHaveLength(2);
    await poll.stop();
  });

  it('reports a run that failed, and runs again soon', async () => {
    const { poll, runs, errors, end } = world();
    poll.start();
    await end(new Error('away'));
    expect([errors.length, runs.length]).toEqual([1, 1]);
    await jest.advanceTimersByTimeAsync(RETRY_MS);
    expect(runs).toHaveLength(2);
    await end();
    await jest.advanceTimersByTimeAsync(RETRY_MS);
    expect([errors.length, runs.length]).toEqual([1, 2]);
    await poll.stop();
  });

  it('waits for the run under way when it stops, and begins no other', async () => {
    const { promise: run, resolve: endRun } = Promise.withResolvers<void>();
    let begun = 0;
    const poll = new Poll({ intervalMs: 0, onError: () => undefined, work: () => (begun++, run) });
    poll.start();
    poll.nudge();
    let stopped = false;
    const stop = poll.stop().then(() => (stopped = true));
    await jest.advanceTimersByTimeAsync(1_000);
    expect(stopped).toBe(false);
    endRun();
    await stop;
    poll.nudge();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(begun).toBe(1);
  });

  it('does not report a run that the stop aborted, and does not wait for the interval', async () => {
    const { poll, runs, errors } = world();
    poll.start();
    await poll.stop();
    expect([errors, runs.length]).toEqual([[], 1]);
    const waiting = world();
    waiting.poll.start(INTERVAL_MS);
    await waiting.poll.stop();
    await jest.advanceTimersByTimeAsync(INTERVAL_MS);
    expect(waiting.runs).toHaveLength(0);
  });
});
