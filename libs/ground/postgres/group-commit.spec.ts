import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import { RoundBudget } from '#domain/round-budget';
import { CommitSequence, GroupCommit, NotSentError } from './group-commit.js';

const poisonError = (): Error => Object.assign(new pg.DatabaseError('bad row', 0, 'error'), { code: '22001' });

describe('GroupCommit', () => {
  it('commits items that arrived during a commit together, in order of arrival', async () => {
    const batches: number[][] = [];
    const gates: (() => void)[] = [];
    const commits = new GroupCommit<number, number>({
      maxItems: 10,
      commit: async (items) => {
        batches.push([...items]);
        await new Promise<void>((resolve) => gates.push(resolve));
        return items;
      },
    });
    const first = commits.add(1);
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    const rest = [2, 3, 4].map((n) => commits.add(n));
    expect(commits.waiting).toBe(3);
    gates[0]?.();
    expect(await first).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    gates[1]?.();
    expect(await Promise.all(rest)).toEqual([2, 3, 4]);
    expect(batches).toEqual([[1], [2, 3, 4]]);
  });

  it('keeps to its limits, and commits an item above the byte limit alone', async () => {
    const batches: number[][] = [];
    const commits = new GroupCommit<number, number>({ maxItems: 3, maxBytes: 10, bytesOf: (n) => n, commit: (items) => Promise.resolve((batches.push([...items]), items)) });
    await Promise.all([1, 1, 1, 1, 9, 1, 50, 2].map((n) => commits.add(n)));
    expect(batches).toEqual([[1, 1, 1], [1, 9], [1], [50], [2]]);
  });

  it('splits a repeatable batch that exceeds its time, and makes the next ones smaller until full ones have succeeded', async () => {
    const batches: number[] = [];
    let most = 2;
    const commits = new GroupCommit<number, number>({
      maxItems: 8,
      isRepeatable: true,
      commit: (items) => {
        batches.push(items.length);
        return items.length > most ? Promise.reject(new Error('Query read timeout')) : Promise.resolve(items);
      },
    });
    const add = (count: number): Promise<number[]> => Promise.all(Array.from({ length: count }, (_, i) => commits.add(i)));
    expect(await add(8)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(batches).toEqual([8, 4, 2, 2, 4, 2, 2]);
    for (let i = 0; i < 3; i++) await commits.add(1);
    most = 8;
    batches.length = 0;
    for (let i = 0; i < 4; i++) await add(8);
    expect([batches[0], batches.at(-1)]).toEqual([2, 8]);
    // A single item that exceeds its time fails, as any batch does that is not repeatable.
    most = 0;
    await expect(commits.add(1)).rejects.toThrow('timeout');
    const others = new GroupCommit<number, number>({ maxItems: 8, commit: (items) => (items.length > 1 ? Promise.reject(new Error('Query read timeout')) : Promise.resolve(items)) });
    await expect(Promise.all([others.add(1), others.add(2)])).rejects.toThrow('timeout');
  });

  it('fails poison items alone, and keeps the order of the others', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }), async (poisonous) => {
        const committed: number[] = [];
        const commits = new GroupCommit<number, number>({
          maxItems: 64,
          commit: (items) => {
            if (items.some((n) => poisonous[n])) return Promise.reject(poisonError());
            committed.push(...items);
            return Promise.resolve(items);
          },
        });
        const results = await Promise.allSettled(poisonous.map((_, n) => commits.add(n)));
        expect(results.map(({ status }) => status === 'rejected')).toEqual(poisonous);
        expect(committed).toEqual(poisonous.flatMap((bad, n) => (bad ? [] : [n])));
      }),
    );
  });

  it('fails the whole batch once on any other error, and commits the next one', async () => {
    let calls = 0;
    const commits = new GroupCommit<number, number>({ maxItems: 10, commit: (items) => (++calls === 1 ? Promise.reject(new Error('away')) : Promise.resolve(items)) });
    const results = await Promise.allSettled([1, 2, 3].map((n) => commits.add(n)));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(calls).toBe(1);
    expect(await commits.add(4)).toBe(4);
    await commits.idle();
  });

  describe('with sequences', () => {
    /** `a1` is the first item of the sequence `a`; items without a letter have no sequence. */
    async function outcomes(texts: readonly string[], maxItems: number, failure: (items: readonly string[]) => Error | undefined): Promise<{ failed: Record<string, string>; committed: string[] }> {
      const committed: string[] = [];
      const commits = new GroupCommit<string, string>({
        maxItems,
        commit: (items) => {
          const error = failure(items);
          if (error !== undefined) return Promise.reject(error);
          committed.push(...items);
          return Promise.resolve(items);
        },
      });
      const sequences = new Map<string, CommitSequence>();
      const failed: Record<string, string> = {};
      await Promise.all(texts.map(async (text) => {
        const [name = ''] = /^[a-z]/.exec(text) ?? [];
        const sequence = name === '' ? undefined : (sequences.get(name) ?? new CommitSequence());
        if (sequence !== undefined) sequences.set(name, sequence);
        await commits.add(text, false, sequence).catch((error: Error) => {
          failed[text] = error instanceof NotSentError ? `unsent: ${(error.cause as Error).message}` : error.message;
        });
      }));
      return { failed, committed };
    }

    it('sends no item after a failed one of its sequence; others have their own fate', async () => {
      const once = (): ((items: readonly string[]) => Error | undefined) => {
        let calls = 0;
        return () => (++calls === 1 ? new Error('away') : undefined);
      };
      expect(await outcomes(['1', 'a1', 'a2', 'a3', 'b1', '2'], 3, once())).toEqual({
        failed: { 1: 'away', a1: 'away', a2: 'away', a3: 'unsent: away' },
        committed: ['b1', '2'],
      });
      // A statement of which nothing is left.
      expect(await outcomes(['a1', 'a2', 'a3', 'a4', '1'], 2, once())).toEqual({ failed: { a1: 'away', a2: 'away', a3: 'unsent: away', a4: 'unsent: away' }, committed: ['1'] });
    });

    it('sends no item after a failed half of the same statement', async () => {
      let calls = 0;
      const failure = (items: readonly string[]): Error | undefined => {
        if (items.includes('a1')) return poisonError();
        return items.includes('a2') && ++calls === 1 ? new Error('away') : undefined;
      };
      expect(await outcomes(['a1', 'a2', 'a3', '1', 'b1'], 10, failure)).toEqual({ failed: { a1: 'bad row', a2: 'away', a3: 'unsent: away' }, committed: ['1', 'b1'] });
    });

    it('goes on after poison', async () => {
      expect(await outcomes(['a1', 'a2', 'a3'], 2, (items) => (items.includes('a1') ? poisonError() : undefined))).toEqual({ failed: { a1: 'bad row' }, committed: ['a2', 'a3'] });
    });
  });

  it('fails a batch whose results do not match its items', async () => {
    const commits = new GroupCommit<number, number>({ maxItems: 10, commit: () => Promise.resolve([]) });
    await expect(commits.add(1)).rejects.toThrow(/1 items gave 0 results/);
  });

  describe('with a budget', () => {
    /** The first commit may begin at once, the next one an hour later. */
    function slowCommits(batches: number[][]): GroupCommit<number, number> {
      return new GroupCommit({ maxItems: 10, commit: (items) => Promise.resolve((batches.push([...items]), items)), budget: new RoundBudget(3_600_000, 0) });
    }

    it('delays a commit until an urgent item arrives, and commits the waiting items with it', async () => {
      const batches: number[][] = [];
      const commits = slowCommits(batches);
      await commits.add(1);
      const waiting = [commits.add(2), commits.add(3)];
      await new Promise((resolve) => setImmediate(resolve));
      expect([batches, commits.waiting]).toEqual([[[1]], 2]);
      expect(await Promise.all([...waiting, commits.add(4, true)])).toEqual([2, 3, 4]);
      expect(batches).toEqual([[1], [2, 3, 4]]);
    });

    it('commits the waiting items on `hurry`', async () => {
      const batches: number[][] = [];
      const commits = slowCommits(batches);
      await commits.add(1);
      const second = commits.add(2);
      await new Promise((resolve) => setImmediate(resolve));
      expect(commits.waiting).toBe(1);
      commits.hurry();
      expect(await second).toBe(2);
    });

    /** Its first commit is under way until `open` is called, and a second item waits. */
    async function underWay(): Promise<{ commits: GroupCommit<number, number>; first: Promise<number>; second: Promise<number>; open: () => void }> {
      const { promise: gate, resolve: open } = Promise.withResolvers<void>();
      const commits = new GroupCommit<number, number>({ maxItems: 10, commit: (items) => gate.then(() => items), budget: new RoundBudget(3_600_000, 0) });
      const first = commits.add(1);
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setImmediate(resolve));
      return { commits, first, second: commits.add(2), open };
    }

    it('answers the callers of the last commit before it delays the next one', async () => {
      const { commits, first, second, open } = await underWay();
      open();
      expect([await first, commits.waiting]).toEqual([1, 1]);
      commits.hurry();
      expect(await second).toBe(2);
    });

    it('remembers a `hurry` during a commit', async () => {
      const { commits, first, second, open } = await underWay();
      commits.hurry();
      open();
      expect(await Promise.all([first, second])).toEqual([1, 2]);
    });
  });
});
