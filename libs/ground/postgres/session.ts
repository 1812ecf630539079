import pg from 'pg';
import { StartError } from '#ground/process/start-error';

/**
 * What each session sets, because a result, its durability or the end of a statement depends on it: the server's, the
 * database's and the role's own settings do not count. Left to the operator is only what decides about speed and disk, such as
 * `work_mem` and `default_tablespace`.
 */
const SESSION_SETTINGS = {
  // 202 and outcomes promise durability (design, guarantee 1), even if the server's default is `off`.
  synchronous_commit: 'on',
  // DATABASE_URL may name another one (see `connectionOf`). A table of another application must not come before ours.
  search_path: 'public',
  // How values are written and read. pg parses only ISO dates, and moments go through texts.
  DateStyle: 'ISO,YMD',
  TimeZone: 'UTC',
  IntervalStyle: 'postgres',
  bytea_output: 'hex',
  // Fewer digits would round the places of cursors.
  extra_float_digits: '1',
  array_nulls: 'on',
  standard_conforming_strings: 'on',
  transform_null_equals: 'off',
  quote_all_identifiers: 'off',
  // One statement at a time sees what others committed before it, and may write.
  default_transaction_isolation: 'read committed',
  default_transaction_read_only: 'off',
  default_transaction_deferrable: 'off',
  // An error of one row must not end the session, and with it the isolation of that row.
  exit_on_error: 'off',
  // Partitions, whose rows are looked up by their place (ctid).
  default_table_access_method: 'heap',
  // `transaction_timeout` limits statements, waits for locks included. Idle connections wait in their pool.
  statement_timeout: '0',
  lock_timeout: '0',
  idle_session_timeout: '0',
  idle_in_transaction_session_timeout: '10s',
  transaction_timeout: '0',
  // The statements are short. And a parallel worker begins with the role's transaction_timeout, whatever its leader has.
  max_parallel_workers_per_gather: '0',
  // Compiling short statements takes longer than it saves.
  jit: 'off',
  // The best plan does not depend on the length of array parameters, and planning each batch took as long as running it.
  plan_cache_mode: 'force_generic_plan',
  // Pools restrict the planner (see `PLAN_SETTINGS`); with other restrictions on top it has no good plan left.
  enable_bitmapscan: 'on',
  enable_hashagg: 'on',
  enable_hashjoin: 'on',
  enable_indexonlyscan: 'on',
  enable_indexscan: 'on',
  enable_mergejoin: 'on',
  enable_nestloop: 'on',
  enable_partition_pruning: 'on',
  enable_seqscan: 'on',
  enable_sort: 'on',
  enable_tidscan: 'on',
} as const;

export type SessionSettings = Readonly<Record<string, string>>;

/** In the URL these would take precedence over ours: as startup parameters over `options`, as options of pg over the pool's. */
const NOT_FROM_URL = ['options', 'statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'query_timeout'];

const SEARCH_PATH = /(?:-c\s*|--)search_path=/i;

/** How pg connects: with the URL's `options`, and after them, so that these win, the settings that each session needs. */
export interface Connection {
  readonly connectionString: string;
  /** `-c name=value …` */
  readonly options: string;
}

/**
 * The connection of a session with Lockstep's settings. Of settings that DATABASE_URL has (`?options=-c%20name=value`) those
 * that Lockstep does not set count, and `search_path`, which chooses the schema of Lockstep's tables.
 */
export function connectionOf(databaseUrl: string, settings: SessionSettings = {}): Connection {
  const [base = '', query = ''] = databaseUrl.split(/\?(.*)/s);
  const parameters = new URLSearchParams(query);
  const given = parameters.getAll('options').join(' ');
  for (const name of NOT_FROM_URL) parameters.delete(name);
  const own = Object.entries({ ...SESSION_SETTINGS, ...settings }).filter(([name]) => name !== 'search_path' || !SEARCH_PATH.test(given));
  return {
    connectionString: parameters.size === 0 ? base : `${base}?${parameters.toString()}`,
    options: [given, ...own.map(([name, value]) => `-c ${name}=${value.replaceAll(/([\\ ])/g, String.raw`\$1`)}`)].join(' ').trim(),
  };
}

/** The settings that differ from what a session asked for at its start, as `name=value`. Empty unless something between drops them. */
export function differencesOf(found: ReadonlyMap<string, string>): string[] {
  const plain = (value: string | undefined): string => (value ?? '').replaceAll(' ', '').toLowerCase();
  return Object.entries(SESSION_SETTINGS).filter(([name, value]) => name !== 'search_path' && plain(found.get(name)) !== plain(value)).map(([name]) => `${name}=${found.get(name)}`);
}

export const SESSION_SETTING_NAMES: readonly string[] = Object.keys(SESSION_SETTINGS);

/** What to do about a pooler. */
export const WITHOUT_POOLER = 'Set DATABASE_URL to the address of Postgres itself; each process has its own small pool';

/** SQLSTATE of a setting that the server does not know. */
const UNKNOWN_SETTING = '42704';

/**
 * Runs work in a session outside of any pool, which ends with it.
 * @throws StartError postgres_unsuitable when the settings of the session are refused; what Postgres and `work` throw
 */
export async function inSession<Result>(databaseUrl: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ ...connectionOf(databaseUrl), connectionTimeoutMillis: 5_000 });
  // A broken connection fails the next statement. Without a listener it would end the process.
  client.on('error', () => undefined);
  await client.connect().catch((error: unknown) => {
    throw refusalOf(error) ?? error;
  });
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function refusalOf(error: unknown): StartError | undefined {
  if (!(error instanceof pg.DatabaseError)) return undefined;
  if (error.code === UNKNOWN_SETTING) {
    return new StartError('postgres_unsuitable', `Postgres does not know a setting that Lockstep needs (${error.message}): use Postgres 17 or newer`, { cause: error });
  }
  // PgBouncer, which has no other code for it, and does not translate. Its other errors pass, such as a server that is away.
  if (/unsupported startup parameter/i.test(error.message)) {
    return new StartError('postgres_unsuitable', `A connection pooler refuses the settings of Lockstep's sessions (${error.message}). ${WITHOUT_POOLER}`, { cause: error });
  }
  return undefined;
}
