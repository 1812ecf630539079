import { describe, expect, it } from '@jest/globals';
import type { Database } from './pool.js';
import { PreparedQuery, type StatementSource } from './prepared-query.js';

/** The places of parameter names in the text, with their marks, as PgTyped writes them. */
function sourceOf(statement: string, names: readonly string[]): StatementSource {
  const params = names.map((name) => ({
    name,
    transform: { type: 'scalar' },
    locs: [...statement.matchAll(new RegExp(`:${name}\\b!?`, 'g'))].map((found) => ({ a: found.index, b: found.index + found[0].length - 1 })),
  }));
  return { statement, params };
}

function answering(rows: Record<string, unknown>[], asked: unknown[] = []): Database {
  return {
    query: (text, values) => {
      asked.push([text, values]);
      return Promise.resolve({ rows: rows as never[], rowCount: rows.length });
    },
  };
}

describe('PreparedQuery', () => {
  it('numbers parameters that occur several times and in any order', async () => {
    const asked: unknown[] = [];
    const query = new PreparedQuery<{ b: number[]; a: string }, object>(sourceOf('select :a!, :b!::int[], :a!, :a', ['a', 'b']));
    await query.run({ b: [1, 2], a: 'x' }, answering([], asked));
    expect(asked).toEqual([['select $1, $2::int[], $1, $1', ['x', [1, 2]]]]);
  });

  it('runs statements without parameters', async () => {
    const asked: unknown[] = [];
    await new PreparedQuery<undefined, object>({ statement: 'select 1', params: [] }).run(undefined, answering([], asked));
    expect(asked).toEqual([['select 1', []]]);
  });

  it("removes PgTyped's hints from column names", async () => {
    const query = new PreparedQuery<undefined, object>({ statement: 'select id as "eventId!", at as "at?", n as "plain"', params: [] });
    expect(await query.run(undefined, answering([{ 'eventId!': 'e', 'at?': null, plain: 3 }]))).toEqual([{ eventId: 'e', at: null, plain: 3 }]);
  });

  it('refuses parameters whose text would vary with their length', () => {
    const spread = { name: 'ids', transform: { type: 'array_spread' }, locs: [{ a: 0, b: 3 }] };
    expect(() => new PreparedQuery({ statement: ':ids', params: [spread] })).toThrow('Parameter :ids is a array_spread');
  });
});
