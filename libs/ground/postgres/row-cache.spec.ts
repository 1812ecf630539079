import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type CachedRow, type CacheRead, type ChangedRow, NOTHING_READ, RowCache } from './row-cache.js';
import { cacheLookups } from './row-cache.metrics.js';

type Asked = { since: string; keys: readonly string[] };

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

/** A table whose statements are answered when the test says so. */
class World {
  readonly asked: Asked[] = [];
  readonly errors: unknown[] = [];
  readonly table = new Map<string, CachedRow>();
  changed: ChangedRow[] = [];
  isIncomplete = false;
  server = 'a';
  private readonly open: { asked: Asked; answer: PromiseWithResolvers<CacheRead<CachedRow>> }[] = [];
  readonly cache = new RowCache<CachedRow>({
    name: 'sources',
    maxRows: 2,
    maxAbsent: 2,
    onError: (error) => this.errors.push(error),
    read: (since, keys) => {
      const asked = { since, keys };
      const answer = Promise.withResolvers<CacheRead<CachedRow>>();
      this.asked.push(asked);
      this.open.push({ asked, answer });
      return answer.promise;
    },
  });

  put(key: string, version = '1'): void {
    this.table.set(key, { key, id: key, version });
  }

  change(key: string, version: string): void {
    this.put(key, version);
    this.changed.push({ id: key, version });
  }

  /** Ends the read under way. */
  async answer(error?: Error): Promise<void> {
    const read = this.open.shift();
    if (read === undefined) throw new Error('No read is under way');
    if (error !== undefined) read.answer.reject(error);
    else {
      const rows = read.asked.keys.flatMap((key) => this.table.get(key) ?? []);
      read.answer.resolve({ server: this.server, snapshot: String(this.asked.length), nowMs: 1_000_000, isIncomplete: this.isIncomplete, changed: this.changed, rows });
      this.changed = [];
      this.isIncomplete = false;
    }
    await jest.advanceTimersByTimeAsync(0);
  }

  async start(): Promise<void> {
    this.cache.start();
    await this.answer();
  }

  /** Looks the key up with the next read. */
  async read(key: string): Promise<CachedRow | undefined> {
    const row = this.cache.get(key);
    await this.answer();
    return row;
  }

  /** Until the next read begins, and ends. */
  async poll(): Promise<void> {
    await jest.advanceTimersByTimeAsync(500);
    await this.answer();
  }
}

describe('RowCache', () => {
  it('reads a row once, and a missing one once, and gives both without a promise', async () => {
    const world = new World();
    world.put('a');
    await world.start();
    expect(await world.read('a')).toMatchObject({ key: 'a' });
    expect(await world.read('x')).toBeUndefined();
    expect(world.cache.get('a')).toBe(world.cache.get('a'));
    expect(world.cache.get('a')).toMatchObject({ key: 'a' });
    expect(world.cache.get('x')).toBeUndefined();
    expect(world.asked.map(({ since, keys }) => [since, ...keys])).toEqual([[NOTHING_READ], ['1', 'a'], ['2', 'x']]);
  });

  it('counts hits and misses', async () => {
    const before = (await cacheLookups.get()).values.map(({ value }) => value);
    const world = new World();
    world.put('a');
    await world.start();
    await world.read('a');
    for (let n = 0; n < 3; n++) void world.cache.get('a');
    await world.poll();
    const { values: after } = await cacheLookups.get();
    const added = after.map(({ labels: { cache, result }, value }, i) => `${cache} ${result} ${value - (before[i] ?? 0)}`);
    expect(added.filter((line) => line.startsWith('sources'))).toEqual(['sources hit 3', 'sources miss 1']);
  });

  it('all requests that come during a read share the next one', async () => {
    const world = new World();
    world.put('a');
    world.put('b');
    world.cache.start();
    const rows = Promise.all(['a', 'b', 'a'].map(async (key) => world.cache.get(key)));
    await world.answer();
    await world.answer();
    expect((await rows).map((row) => row?.key)).toEqual(['a', 'b', 'a']);
    expect(world.asked.map(({ keys }) => keys)).toEqual([[], ['a', 'b']]);
  });

  it('forgets a row that has changed, and keeps one that is only mentioned again', async () => {
    const world = new World();
    world.put('a');
    world.put('b');
    await world.start();
    await world.read('a');
    const b = await world.read('b');
    world.change('a', '2');
    world.changed.push({ id: 'b', version: '1' });
    await world.poll();
    expect(world.cache.get('b')).toBe(b);
    expect(await world.read('a')).toMatchObject({ version: '2' });
  });

  it('forgets a row when another one has its key now', async () => {
    const world = new World();
    world.put('a');
    world.put('b');
    await world.start();
    await world.read('a');
    const b = await world.read('b');
    world.table.set('a', { key: 'a', id: 'older', version: '7' });
    world.changed.push({ id: 'older', version: '7', key: 'a' }, { id: 'b', version: '1', key: 'b' });
    await world.poll();
    expect(world.cache.get('b')).toBe(b);
    expect(await world.read('a')).toMatchObject({ id: 'older' });
  });

  it('asks again for a missing row after any change', async () => {
    const world = new World();
    await world.start();
    await world.read('new');
    world.change('new', '1');
    await world.poll();
    expect(await world.read('new')).toMatchObject({ key: 'new' });
  });

  it.each<[string, (world: World) => void]>([
    ['too many changes', (world) => (world.isIncomplete = true)],
    ['another run of the server', (world) => (world.server = 'b')],
  ])('forgets everything after %s', async (_, happen) => {
    const world = new World();
    world.put('a');
    await world.start();
    await world.read('a');
    happen(world);
    world.changed.push({ id: 'other', version: '1' });
    await world.poll();
    expect(world.cache.get('a')).toBeInstanceOf(Promise);
  });

  it('nothing counts a second after the last successful read began; a request then waits for a read that begins after it', async () => {
    const world = new World();
    world.put('a');
    await world.start();
    await world.read('a');
    // The read that the poll begins hangs, and it began less than a second ago when the last one is too old.
    await jest.advanceTimersByTimeAsync(999);
    expect(world.cache.get('a')).toMatchObject({ version: '1' });
    await jest.advanceTimersByTimeAsync(1);
    world.put('a', '2');
    const row = world.cache.get('a') as Promise<CachedRow | undefined>;
    const done = jest.fn();
    void row.then(done);
    world.changed.push({ id: 'a', version: '2' });
    await world.answer();
    expect(done).not.toHaveBeenCalled();
    await world.answer();
    expect(await row).toMatchObject({ version: '2' });
  });

  it('a step of the wall clock, as after a suspended machine, makes memory too old', async () => {
    const world = new World();
    world.put('a');
    await world.start();
    await world.read('a');
    jest.setSystemTime(Date.now() + 60_000);
    expect(world.cache.get('a')).toBeInstanceOf(Promise);
  });

  it('a failed read fails those who wait for it, and those who come within a quarter of a second, without another read', async () => {
    const world = new World();
    await world.start();
    const waiting = expect(world.cache.get('a')).rejects.toMatchObject({ code: 'store_unavailable' });
    await world.answer(new Error('away'));
    await waiting;
    await expect(world.cache.get('b')).rejects.toMatchObject({ code: 'store_unavailable' });
    expect([world.asked.length, world.errors.length]).toEqual([2, 1]);
    await jest.advanceTimersByTimeAsync(250);
    await world.answer();
    world.put('b');
    expect(await world.read('b')).toMatchObject({ key: 'b' });
  });

  it('what is in memory counts while a read fails, until it is too old', async () => {
    const world = new World();
    world.put('a');
    await world.start();
    await world.read('a');
    await jest.advanceTimersByTimeAsync(500);
    await world.answer(new Error('away'));
    expect(world.cache.get('a')).toMatchObject({ key: 'a' });
    await jest.advanceTimersByTimeAsync(500);
    expect(world.cache.get('a')).toBeInstanceOf(Promise);
  });

  it('keeps the rows and the missing keys that were read last', async () => {
    const world = new World();
    for (const key of ['a', 'b', 'c']) world.put(key);
    await world.start();
    for (const key of ['a', 'b', 'c', 'x', 'y', 'z']) await world.read(key);
    expect(['b', 'c', 'y', 'z'].map((key) => world.cache.get(key) instanceof Promise)).toEqual([false, false, false, false]);
    expect(['a', 'x'].map((key) => world.cache.get(key) instanceof Promise)).toEqual([true, true]);
  });

  it('has the clock of the database, never behind it', async () => {
    const world = new World();
    world.cache.start();
    await jest.advanceTimersByTimeAsync(30);
    await world.answer();
    expect(world.cache.databaseNowMs()).toBe(1_000_030);
  });
});
