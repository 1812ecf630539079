import { describe, expect, it } from '@jest/globals';
import { waitUntil } from '#dev/testing/wait-until';
import { accept, ALL, attempt, expectDropped, fixture, makeOldDays, OLDER, OLDEST, ordered, partitionsOf, pool, readerOf, RETENTION_MS, signal, sweeper, verify, WHOLE } from './fixtures/old-days.js';
import { DayRetirement } from './day-retirement.js';
import { RetentionRepository } from './retention.repository.js';

makeOldDays();

describe('a long reader', () => {
  it.each(ALL)('of %s holds the drop up, and nothing else: neither writers nor the ledger', async (table) => {
    const end = await readerOf(table);
    try {
      await expect(sweeper.sweep(signal)).rejects.toMatchObject({ code: '55P03' });
      const startedAt = performance.now();
      const [id = ''] = await accept(['c'], 0);
      await attempt(id, ordered, 1, { kind: 'delivered' }, 200);
      expect(performance.now() - startedAt).toBeLessThan(5_000);
      expect(await verify()).toMatchObject({ balanced: true, accepted: 7, routes: { ...WHOLE.routes, total: 13, delivered: 7, pending: 3 } });
      // Once more while it still reads: the end of what was interrupted waits for it too.
      await expect(sweeper.sweep(signal)).rejects.toMatchObject({ code: '55P03' });
      expect(await verify()).toMatchObject({ balanced: true, accepted: 7 });
    } finally {
      await end();
    }
    await sweeper.sweep(signal);
    expect([await partitionsOf(OLDEST), await partitionsOf(OLDER)]).toEqual([[], []]);
    expect(await verify()).toMatchObject({ balanced: true, accepted: 7 });
  });

  it('sees the day to its end: the ledger, read while days are retired, is balanced at every moment', async () => {
    let swept = false;
    const sweeping = (async () => {
      // The ledger's locks hold it up now and then.
      while (!(await sweeper.sweep(signal).then(() => true, (error: unknown) => {
        expect(error).toMatchObject({ code: '55P03' });
        return false;
      })));
      swept = true;
    })();
    do expect(await verify()).toMatchObject(WHOLE); while (!swept);
    await sweeping;
    await expectDropped();
  });
});

describe('a crash', () => {
  /** Runs a retirement that is cut off right after the first of these calls has done its work; says whether there was one. */
  async function crashAfter(...steps: (keyof RetentionRepository)[]): Promise<boolean> {
    const client = await pool.connect();
    const repository = await RetentionRepository.on(client);
    const crashing = new Proxy(repository, {
      get: (target, name: keyof RetentionRepository) => async (...parameters: unknown[]) => {
        const result: unknown = await (target[name] as (...given: unknown[]) => Promise<unknown>).apply(target, parameters);
        if (steps.includes(name)) throw new Error('crash');
        return result;
      },
    });
    try {
      const open = await repository.openDay();
      const retirement = new DayRetirement(crashing);
      if (open !== undefined) await retirement.drop(open);
      for (const day of await repository.days(RETENTION_MS)) await retirement.retire(day);
      return false;
    } catch (error) {
      expect(error).toMatchObject({ message: 'crash' });
      return true;
    } finally {
      client.release(true);
    }
  }

  it('after each step loses no number and counts none twice', async () => {
    let crashes = 0;
    for (; await crashAfter('retire', 'detach', 'drop', 'close'); crashes++) expect(await verify()).toMatchObject(WHOLE);
    // Two days: retired, four partitions detached and dropped, closed.
    expect(crashes).toBe(20);
    await expectDropped();
  });

  it.each(['freeze', 'retire', 'detach', 'drop', 'close'] as const)('after "%s" is repaired by the next run', async (step) => {
    expect(await crashAfter(step)).toBe(true);
    expect(await verify()).toMatchObject(WHOLE);
    await sweeper.sweep(signal);
    await expectDropped();
  });

  it('in the middle of a detachment is repaired by the next run', async () => {
    const end = await readerOf('inbox');
    const sweep = sweeper.sweep(signal);
    const killed = expect(sweep).rejects.toThrow();
    await waitUntil('the session that detaches is ended', async () => {
      const { rows } = await fixture.pool.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'alter table inbox detach%concurrently' and wait_event_type = 'Lock'");
      return rows.length > 0;
    });
    await killed;
    const { rows } = await fixture.pool.query('select inhrelid::regclass::text as name from pg_inherits where inhdetachpending');
    expect(rows).toEqual([{ name: `inbox_${OLDEST}` }]);
    expect(await verify()).toMatchObject(WHOLE);
    await end();
    await sweeper.sweep(signal);
    await expectDropped();
  });

  it('leaves the lock to the next process', async () => {
    const cut = new AbortController();
    const end = await readerOf('events');
    const sweep = sweeper.sweep(cut.signal);
    const ended = expect(sweep).rejects.toThrow();
    await waitUntil('it waits for the reader', async () => ((await fixture.pool.query("select from pg_stat_activity where datname = current_database() and query like 'alter table events detach%' and wait_event_type = 'Lock'")).rowCount ?? 0) > 0);
    cut.abort();
    await ended;
    await end();
    await waitUntil('another one has done it', async () => {
      await sweeper.sweep(signal);
      return (await partitionsOf(OLDER)).length === 0;
    });
    await expectDropped();
  });
});
