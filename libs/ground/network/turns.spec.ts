import { describe, expect, it } from '@jest/globals';
import { Turns } from './turns.js';

const LONG_MS = 60_000;

interface Work {
  readonly name: string;
  readonly end: (result: string) => void;
}

function workOf(turns: Turns): { begun: Work[]; take: (name: string) => Promise<string> } {
  const begun: Work[] = [];
  const take = (name: string): Promise<string> =>
    turns.take(() => {
      const { promise, resolve } = Promise.withResolvers<string>();
      begun.push({ name, end: resolve });
      return promise;
    });
  return { begun, take };
}

describe('Turns', () => {
  it('begins so many at once, and the others in the order of their calls, each when one ends', async () => {
    const { begun, take } = workOf(new Turns({ atOnce: 2, waiting: 2, limitMs: LONG_MS }));
    const results = ['a', 'b', 'c', 'd'].map(take);
    expect(begun.map(({ name }) => name)).toEqual(['a', 'b']);
    begun[1]?.end('B');
    expect(await results[1]).toBe('B');
    expect(begun.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    for (const work of begun) work.end(work.name);
    expect(await Promise.all([results[0], results[2]])).toEqual(['a', 'c']);
    begun[3]?.end('D');
    expect(await results[3]).toBe('D');
  });

  it('refuses at once when too many wait', async () => {
    const { begun, take } = workOf(new Turns({ atOnce: 1, waiting: 1, limitMs: LONG_MS }));
    const results = [take('a'), take('b')];
    await expect(take('c')).rejects.toMatchObject({ code: 'EAI_AGAIN' });
    begun[0]?.end('A');
    await results[0];
    begun[1]?.end('B');
    expect(await Promise.all(results)).toEqual(['A', 'B']);
  });

  it('answers who has waited too long, and gives the turn away only when the work ends', async () => {
    const { begun, take } = workOf(new Turns({ atOnce: 1, waiting: 10, limitMs: 20 }));
    for (const name of ['slow', 'waits']) await expect(take(name)).rejects.toMatchObject({ code: 'EAI_AGAIN' });
    expect(begun.map(({ name }) => name)).toEqual(['slow']);
    const next = take('next');
    begun[0]?.end('too late');
    begun.length = 0;
    await new Promise(setImmediate);
    begun[0]?.end('done');
    expect(await next).toBe('done');
  });

  it('passes on what the work throws, and goes on', async () => {
    const turns = new Turns({ atOnce: 1, waiting: 1, limitMs: LONG_MS });
    const [failing, next] = [turns.take(() => Promise.reject(new Error('no'))), turns.take(() => Promise.resolve('next'))];
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('next');
  });
});
