import { describe, expect, it, jest } from '@jest/globals';
import { FairSlots, NoSlotError } from './fair-slots.js';

const OPTIONS = { slots: 4, perTenant: 2, waiting: 8, waitingPerTenant: 5, waitMs: 60_000 };

/** Work that ends when the test says so. */
class Works {
  readonly started: string[] = [];
  private readonly ends = new Map<string, () => void>();

  constructor(private readonly slots: FairSlots) {}

  async run(tenant: string, name: string): Promise<string> {
    return this.slots.use(tenant, () => new Promise((resolve) => {
      this.started.push(name);
      this.ends.set(name, () => resolve(name));
    }));
  }

  async end(name: string): Promise<void> {
    this.ends.get(name)?.();
    await settled();
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('fair slots', () => {
  it('gives one tenant half of them, and the others the rest at once', async () => {
    const works = new Works(new FairSlots(OPTIONS));
    const all = Promise.all([...['a1', 'a2', 'a3'].map((name) => works.run('a', name)), works.run('b', 'b1'), works.run('c', 'c1')]);
    expect(works.started).toEqual(['a1', 'a2', 'b1', 'c1']);
    await works.end('b1');
    // The tenant has its two.
    expect(works.started).toHaveLength(4);
    await works.end('a1');
    expect(works.started.at(-1)).toBe('a3');
    for (const name of ['a2', 'a3', 'c1']) await works.end(name);
    expect(await all).toEqual(['a1', 'a2', 'a3', 'b1', 'c1']);
  });

  it('lets waiting tenants take turns, each in order', async () => {
    const works = new Works(new FairSlots({ ...OPTIONS, slots: 1, perTenant: 1 }));
    const all = Promise.all([works.run('z', 'z1'), ...['a1', 'a2', 'a3'].map((name) => works.run('a', name)), works.run('b', 'b1'), works.run('c', 'c1')]);
    const order = ['z1', 'a1', 'b1', 'c1', 'a2', 'a3'];
    for (const name of order) await works.end(name);
    await all;
    expect(works.started).toEqual(order);
  });

  it('refuses a tenant with too many that wait, not the others, until too many wait in all', async () => {
    const works = new Works(new FairSlots({ ...OPTIONS, slots: 1, perTenant: 1, waiting: 3, waitingPerTenant: 2 }));
    const all = [works.run('a', 'a1'), works.run('a', 'a2'), works.run('a', 'a3')];
    await expect(works.run('a', 'a4')).rejects.toThrow(NoSlotError);
    all.push(works.run('b', 'b1'));
    await expect(works.run('c', 'c1')).rejects.toThrow(NoSlotError);
    for (const name of ['a1', 'a2', 'b1', 'a3']) await works.end(name);
    await Promise.all(all);
    // Nothing is left behind: the same number fits again.
    const again = [works.run('a', 'a5'), works.run('a', 'a6'), works.run('a', 'a7')];
    for (const name of ['a5', 'a6', 'a7']) await works.end(name);
    expect(await Promise.all(again)).toEqual(['a5', 'a6', 'a7']);
  });

  it('refuses what waits too long, and gives its place to the next', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    const works = new Works(new FairSlots({ ...OPTIONS, slots: 1, perTenant: 1 }));
    const first = works.run('a', 'a1');
    const late = expect(works.run('a', 'a2')).rejects.toThrow('No slot became free within 60000 ms');
    jest.advanceTimersByTime(30_000);
    const next = works.run('a', 'a3');
    jest.advanceTimersByTime(30_000);
    await late;
    await works.end('a1');
    await works.end('a3');
    expect(await Promise.all([first, next])).toEqual(['a1', 'a3']);
    jest.useRealTimers();
  });

  it('frees the slot when the work fails', async () => {
    const slots = new FairSlots({ ...OPTIONS, slots: 1, perTenant: 1 });
    await expect(slots.use('a', () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(await slots.use('b', () => Promise.resolve(1))).toBe(1);
  });
});
