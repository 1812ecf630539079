import { describe, expect, it } from '@jest/globals';
import { Poll } from './poll.js';

function world(intervalMs: number) {
  const runs: PromiseWithResolvers<void>[] = [];
  const errors: unknown[] = [];
  const poll = new Poll(intervalMs, () => {
    const run = Promise.withResolvers<void>();
    runs.push(run);
    return run.promise;
  }, (error) => errors.push(error));
  const end = async (error?: Error): Promise<void> => {
    if (error === undefined) runs.at(-1)?.resolve();
    else runs.at(-1)?.reject(error);
    for (let i = 0; i < 5; i++) await Promise.resolve();
  };
  return { poll, runs, errors, end };
}

describe('Poll', () => {
  it('gives what was nudged during a run a run of its own, and only one', async () => {
    const { poll, runs, end } = world(60_000);
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

  it('reports a run that failed, and goes on', async () => {
    const { poll, runs, errors, end } = world(60_000);
    poll.start();
    await end(new Error('away'));
    poll.nudge();
    expect([errors.length, runs.length]).toEqual([1, 2]);
    await end();
    await poll.stop();
  });

  it('waits for the run under way when it stops, and begins no other', async () => {
    const { poll, runs, end } = world(60_000);
    poll.start();
    poll.nudge();
    const stopped = poll.stop();
    await end();
    await stopped;
    poll.nudge();
    expect(runs).toHaveLength(1);
  });
});
