import { edited, sqlEdit } from './test-build.js';

const FILE = 'dist/libs/x/x.queries.js';

interface Query {
  readonly statement: string;
  readonly params: readonly { readonly name: string; readonly locs: readonly { readonly a: number; readonly b: number }[] }[];
}

/** A generated query as `nest build` writes it, with parameter offsets as PgTyped counts them. */
function queryOf(statement: string, ...names: string[]): string {
  const params = names.map((name) => ({
    name,
    required: true,
    transform: { type: 'scalar' },
    locs: [...statement.matchAll(new RegExp(`:${name}!?`, 'g'))].map(({ 0: found, index }) => ({ a: index, b: index + found.length - 1 })),
  }));
  return `import { PreparedQuery } from '#ground/postgres/prepared-query';\nconst xIR = ${JSON.stringify({ usedParamSet: {}, params, statement })};\nexport const x = new PreparedQuery(xIR);\n`;
}

function parsed(text: string): Query {
  return JSON.parse(/^const xIR = (.*);$/m.exec(text)?.[1] ?? '') as Query;
}

describe('an edit', () => {
  const edit = { file: 'x.js', find: 'b', replace: '$& c' };

  it('inserts the replacement literally', () => {
    expect(edited('a b d', edit)).toBe('a $& c d');
  });

  it('fails when the text is missing or not unique', () => {
    expect(() => edited('a d', edit)).toThrow('x.js contains this 0 times instead of once: b');
    expect(() => edited('a b b', edit)).toThrow('2 times');
  });
});

describe("an edit of a generated query's statement", () => {
  const before = queryOf('select a from t where x = :x! and y = 1 and z = :z! or :x!', 'x', 'z');
  const spans = ({ statement, params }: Query): string[] => params.flatMap(({ locs }) => locs.map(({ a, b }) => statement.slice(a, b + 1)));

  it('adjusts the parameter offsets when the statement gets longer or shorter', () => {
    for (const replace of ['', ' and y = 1 and y is not null -- longer']) {
      const after = parsed(edited(before, sqlEdit(FILE, ' and y = 1', replace)));
      expect(after.statement).toBe(`select a from t where x = :x!${replace} and z = :z! or :x!`);
      expect(spans(after)).toEqual([':x!', ':x!', ':z!']);
    }
  });

  it('does not change the rest of the file', () => {
    const after = edited(before, sqlEdit(FILE, 'select a', 'select $1'));
    expect(after.split('\n').toSpliced(1, 1)).toEqual(before.split('\n').toSpliced(1, 1));
    expect(parsed(after).statement).toMatch(/^select \$1 from/);
  });

  it('fails when it would replace a parameter', () => {
    expect(() => edited(before, sqlEdit(FILE, 'z = :z!', 'true'))).toThrow('the edit would replace the parameter z');
  });

  it('fails for a file without a query, and for text outside the statement', () => {
    expect(() => edited('a b', sqlEdit(FILE, 'b', ''))).toThrow('contains no generated query');
    expect(() => edited(before, sqlEdit(FILE, 'PreparedQuery', ''))).toThrow('0 times');
  });
});
