import { createHash } from 'node:crypto';
import pg from 'pg';
import { connectionOf } from './session.js';

export interface PoolOptions {
  readonly databaseUrl: string;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** Maximum number of connections. */
  readonly max: number;
  /** Ends a transaction that runs longer, in milliseconds; for owners of shards it stays below the lease's time. */
  readonly transactionTimeoutMs?: number;
  /** Cancels a statement that runs longer, in milliseconds; the connection stays open. */
  readonly statementTimeoutMs?: number;
  /** Restricts the planner, for statements whose parameters are long arrays. */
  readonly plans?: keyof typeof PLAN_SETTINGS;
}

/** Looks up each array element in large tables by key. */
const BY_INDEX = { enable_hashjoin: 'off', enable_mergejoin: 'off', enable_seqscan: 'off' };

/** The planner assumes that array parameters are short, and then chooses joins that take a hundred times longer. */
const PLAN_SETTINGS = {
  planned: {},
  /** Joins arrays to each other. */
  'by-hash': { enable_nestloop: 'off' },
  'by-index': BY_INDEX,
  /**
   * Reads the first rows of a queue, whose index has many entries of rows that were deleted since the last VACUUM. An
   * index scan marks such entries as dead, and later scans skip them. A bitmap scan reads all of them every time.
   */
  queue: { ...BY_INDEX, enable_bitmapscan: 'off' },
  /**
   * Reads the first page of an ordered list by an index, until it is full. From bounds without values the planner expects
   * few rows, and would read and sort all of them: the first page of 400,000 deliveries took seconds.
   */
  pages: { enable_sort: 'off' },
  /**
   * Reads on in a large table in the order of an index, and looks up each row elsewhere by key. A partition that is empty when
   * the statement is planned would be scanned from end to end once it is full.
   */
  walk: { enable_sort: 'off', enable_seqscan: 'off' },
} as const;

/** Runs generated queries (`x.queries.ts`). */
export interface Database {
  query(text: string, values: unknown[]): Promise<{ rows: never[]; rowCount: number }>;
}

/** Creates a pool whose sessions depend on no setting of the server, the database or the role (see `connectionOf`). */
export function createPool(options: PoolOptions): pg.Pool {
  const timeoutMs = options.transactionTimeoutMs ?? 60_000;
  const pool = new pg.Pool({
    ...connectionOf(options.databaseUrl, { transaction_timeout: `${timeoutMs}ms`, statement_timeout: `${options.statementTimeoutMs ?? 0}ms`, ...PLAN_SETTINGS[options.plans ?? 'planned'] }),
    application_name: options.applicationName,
    max: options.max,
    connectionTimeoutMillis: 5_000,
    // Detects a server that vanished without closing the connection; TCP takes minutes.
    query_timeout: timeoutMs + 5_000,
    keepAlive: true,
    types: { getTypeParser: typeParser as typeof pg.types.getTypeParser },
  });
  // The pool replaces an idle connection that breaks. Without a listener the event would end the process.
  pool.on('error', () => undefined);
  return pool;
}

/** `bigint[]`, which pg.types does not name (pg_type.dat: _int8). */
const INT8_ARRAY = 1016;

/** Parses bigints as numbers: sequences and offsets stay far below 2^53. */
function typeParser(oid: number, format?: 'text' | 'binary'): unknown {
  const parse: unknown = pg.types.getTypeParser(oid, format);
  if (oid === Number(pg.types.builtins.INT8)) return Number;
  if (oid !== INT8_ARRAY) return parse;
  return (text: string) => (parse as (text: string) => (string | null)[])(text).map((item) => (item === null ? null : Number(item)));
}

const names = new Map<string, string>();

/** Runs each statement as a named prepared statement, which a connection parses and plans once. */
export function databaseOf(runner: Pick<pg.Pool, 'query'>): Database {
  return {
    query: async (text, values) => {
      let name = names.get(text);
      if (name === undefined) {
        // Postgres truncates names to 63 bytes, and two statements with the same name would be an error.
        name = createHash('sha256').update(text).digest('hex').slice(0, 16);
        names.set(text, name);
      }
      const { rows, rowCount } = await runner.query<never>({ name, text, values });
      return { rows, rowCount: rowCount ?? 0 };
    },
  };
}
