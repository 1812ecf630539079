import type { Database } from './pool.js';

/** A statement as PgTyped writes it into `x.queries.ts`, with the places of its parameters in the text. */
export interface StatementSource {
  readonly statement: string;
  readonly params: readonly {
    readonly name: string;
    /** An array is one value. PgTyped's spread and pick are not supported, because the text would vary with the length. */
    readonly transform: { readonly type: string };
    /** First and last character of each occurrence. */
    readonly locs: readonly { readonly a: number; readonly b: number }[];
  }[];
}

/**
 * One statement of a `.sql` file, as its generated `x.queries.ts` exports it. Prepares text and parameter order once.
 * PgTyped's runtime prepares them for each run (20 to 40 µs per statement) and examines every column of every row.
 */
export class PreparedQuery<Params, Result> {
  private readonly text: string;
  private readonly names: readonly (keyof Params & string)[];
  /** Columns whose names end with a hint for PgTyped (`id!` is never null), with their names in TypeScript. */
  private readonly hinted: readonly { readonly column: string; readonly name: string }[];

  constructor(source: StatementSource) {
    const other = source.params.find(({ transform }) => transform.type !== 'scalar');
    if (other !== undefined) throw new Error(`Parameter :${other.name} is a ${other.transform.type}: only plain ones and arrays are supported`);
    this.names = source.params.map(({ name }) => name as keyof Params & string);
    this.text = textOf(source);
    this.hinted = [...this.text.matchAll(/"([A-Za-z]+)[!?]"/g)].map(([quoted, name = '']) => ({ column: quoted.slice(1, -1), name }));
  }

  /** @throws what Postgres throws */
  async run(params: Params, database: Database): Promise<Result[]> {
    const { rows } = await database.query(this.text, this.names.map((name) => params[name]));
    return this.hinted.length === 0 ? rows : rows.map((row) => this.named(row));
  }

  private named(row: Readonly<Record<string, unknown>>): Result {
    const named: Record<string, unknown> = { ...row };
    for (const { column, name } of this.hinted) {
      if (!(column in row)) continue;
      named[name] = row[column];
      delete named[column];
    }
    return named as Result;
  }
}

/** The statement with `$1`, `$2`, … in the order of its parameters. */
function textOf({ statement, params }: StatementSource): string {
  const mentions = params.flatMap(({ locs }, i) => locs.map((loc) => ({ ...loc, place: `$${i + 1}` }))).sort((one, other) => one.a - other.a);
  let text = '';
  let at = 0;
  for (const { a, b, place } of mentions) {
    text += statement.slice(at, a) + place;
    at = b + 1;
  }
  return text + statement.slice(at);
}
