import { createHash } from 'node:crypto';
import pg from 'pg';

export interface PoolOptions {
  readonly databaseUrl: string;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** Most connections at once. */
  readonly max: number;
  /** Ends a transaction that runs longer, in milliseconds; for owners of shards it stays below the lease's time. */
  readonly transactionTimeoutMs?: number;
  /** For statements whose parameters are long arrays: what the planner may choose. */
  readonly plans?: keyof typeof PLAN_SETTINGS;
}

/** Each array's rows are looked up in large tables by key. */
const BY_INDEX = { enable_hashjoin: 'off', enable_mergejoin: 'off', enable_seqscan: 'off' };

/** The planner can't know how long an array parameter is, takes it for short, and chooses joins that go wrong by a hundredfold. */
const PLAN_SETTINGS = {
  planned: {},
  /** Arrays are joined to each other. */
  'by-hash': { enable_nestloop: 'off' },
  'by-index': BY_INDEX,
  /**
   * The first rows of a queue, whose index is full of entries that were removed since the last VACUUM. An index scan
   * marks those that it meets, once no older snapshot can see their rows, and none after it reads them; a bitmap scan
   * reads all of them, every time.
   */
  queue: { ...BY_INDEX, enable_bitmapscan: 'off' },
} as const;

/** What a generated query (`x.queries.ts`) runs on. */
export interface Database {
  query(text: string, values: unknown[]): Promise<{ rows: never[]; rowCount: number }>;
}

/**
 * A pool whose sessions are safe to accept and deliver with, whatever the server's defaults are: a commit is answered
 * when it is durable, and no transaction stays open for ever.
 */
export function createPool(options: PoolOptions): pg.Pool {
  const settings = {
    // A 202 or an outcome means "on disk" (design, guarantee 1), also where the server's default is `off`.
    synchronous_commit: 'on',
    // The statements are short and repeated: compiling them costs more than it gains.
    jit: 'off',
    // Parameters are arrays whose length tells nothing of the best plan; planning anew for each batch took as long as
    // running it.
    plan_cache_mode: 'force_generic_plan',
    transaction_timeout: `${options.transactionTimeoutMs ?? 60_000}ms`,
    idle_in_transaction_session_timeout: '10s',
    ...PLAN_SETTINGS[options.plans ?? 'planned'],
  };
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    application_name: options.applicationName,
    max: options.max,
    options: Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`).join(' '),
    connectionTimeoutMillis: 5_000,
    // A peer that vanished without closing is noticed by the query's own limit, not by TCP after minutes.
    query_timeout: (options.transactionTimeoutMs ?? 60_000) + 5_000,
    keepAlive: true,
    types: { getTypeParser: typeParser as typeof pg.types.getTypeParser },
  });
  // An idle connection that breaks is replaced at its next use, whose caller gets the error; without a listener the
  // event would end the process.
  pool.on('error', () => undefined);
  return pool;
}

/** `bigint[]`, which pg.types does not name (pg_type.dat: _int8). */
const INT8_ARRAY = 1016;

/** Bigints as numbers: sequences and offsets stay far below 2^53. */
function typeParser(oid: number, format?: 'text' | 'binary'): unknown {
  const parse: unknown = pg.types.getTypeParser(oid, format);
  if (oid === Number(pg.types.builtins.INT8)) return Number;
  if (oid !== INT8_ARRAY) return parse;
  return (text: string) => (parse as (text: string) => (string | null)[])(text).map((item) => (item === null ? null : Number(item)));
}

const names = new Map<string, string>();

/** Runs each statement as a named prepared one: parsed and planned once a connection. */
export function databaseOf(runner: Pick<pg.Pool, 'query'>): Database {
  return {
    query: async (text, values) => {
      let name = names.get(text);
      if (name === undefined) {
        // 16 hex digits: Postgres cuts names at 63 bytes, and two statements of one name would be an error.
        name = createHash('sha256').update(text).digest('hex').slice(0, 16);
        names.set(text, name);
      }
      const { rows, rowCount } = await runner.query<never>({ name, text, values });
      return { rows, rowCount: rowCount ?? 0 };
    },
  };
}
