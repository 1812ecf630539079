import { describe, expect, it } from '@jest/globals';
import { UpkeepLoop } from './upkeep-loop.js';

/** A loop whose rounds end as the test says. */
function loopOf(rounds: (() => Promise<number>)[], onError: (error: unknown) => void = () => undefined) {
  let begun = 0;
  const { promise: done, resolve } = Promise.withResolvers<void>();
  const loop = new UpkeepLoop({
    retryMs: 0,
    onError,
    round: () => {
      const round = rounds[begun++];
      if (round !== undefined) return round();
      resolve();
      return Promise.resolve(3_600_000);
    },
  });
  return { loop, done, begun: () => begun };
}

describe('UpkeepLoop', () => {
  it('reports a round that fails, and goes on', async () => {
    const errors: unknown[] = [];
    const failure = new Error('no');
    const { loop, done } = loopOf([() => Promise.resolve(0), () => Promise.reject(failure), () => Promise.resolve(0)], (error) => errors.push(error));
    loop.start(0);
    await done;
    await loop.stop();
    expect(errors).toEqual([failure]);
  });

  it('begins no round after it was stopped, and has ended the one under way', async () => {
    const { promise: round, resolve: endRound } = Promise.withResolvers<number>();
    const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
    const { loop, begun } = loopOf([() => (enter(), round)]);
    loop.start(0);
    await entered;
    let stopped = false;
    const stop = loop.stop().then(() => (stopped = true));
    await Promise.resolve();
    expect(stopped).toBe(false);
    endRound(0);
    await stop;
    expect(begun()).toBe(1);
  });

  it('calls what the stop has cut off no failure, and waits for no pause', async () => {
    const errors: unknown[] = [];
    const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
    const loop = new UpkeepLoop({
      retryMs: 3_600_000,
      onError: (error) => errors.push(error),
      round: (signal) => {
        enter();
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('cut'))));
      },
    });
    loop.start(0);
    await entered;
    await loop.stop();
    expect(errors).toEqual([]);
  });
});
