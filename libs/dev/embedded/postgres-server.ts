import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { EmbeddedError } from './embedded-error.js';
import { type GuardedProcess, type ProcessExit, startGuarded } from './guarded-process.js';
import { withDeathSignal } from './launch.js';
import { postgresBinaries } from './postgres-binaries.js';
import { clearStalePostmaster, clusterFolder, preparePostgresData } from './postgres-data.js';
import { accessiblePath, serverUser } from './server-user.js';

const database = 'lockstep';
// Long, because Postgres replays up to max_wal_size after a kill -9. An exit during the start is detected at once.
const readyTimeoutMs = 120_000;

export interface StartPostgresOptions {
  readonly dataDir: string;
  readonly port: number;
  readonly onLog: (line: string) => void;
  /** Default true. Without it a power cut loses data, so false is only for tests. */
  readonly fsync?: boolean;
}

export interface PostgresServer {
  readonly url: string;
  readonly port: number;
  /** Of the postmaster. */
  readonly pid: number;
  readonly exited: Promise<ProcessExit>;
  /** Fast shutdown: ends all sessions and writes a checkpoint. */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL 18 on 127.0.0.1 with a database `lockstep`, and waits until it answers queries. The data stays in
 * `dataDir`. The server stops when this process exits for any reason.
 * @throws EmbeddedError platform_unsupported, data_folder_in_use, postgres_start_failed
 */
export async function startPostgres(options: StartPostgresOptions): Promise<PostgresServer> {
  const { dataDir, port, onLog, fsync = true } = options;
  const user = await serverUser(clusterFolder(dataDir));
  const binaries = await postgresBinaries(user);
  const { cluster, password } = await preparePostgresData(dataDir, binaries, user, fsync);
  await clearStalePostmaster(cluster);
  const args = ['-D', await accessiblePath(cluster, user), '-p', String(port), ...settings(cluster, fsync)];
  const launch = await withDeathSignal(binaries.postgres, args, 'SIGINT');
  const lastLines: string[] = [];
  const guardOptions = { ...launch, cwd: cluster, stopSignal: 'SIGINT', graceMs: 10_000, ...(user === undefined ? {} : { runAs: user }) } as const;
  const guarded = await startGuarded(guardOptions, (line) => {
    lastLines.push(line);
    lastLines.splice(0, lastLines.length - 12);
    onLog(line);
  });
  const urlOf = (name: string): string => `postgres://postgres:${password}@127.0.0.1:${port}/${name}`;
  try {
    await waitUntilReady(guarded, urlOf('postgres'), lastLines);
    await ensureDatabase(urlOf('postgres'));
  } catch (error) {
    await guarded.stop();
    throw error;
  }
  return {
    url: urlOf(database),
    port,
    pid: guarded.pid,
    exited: guarded.exited,
    stop: async () => {
      await guarded.stop();
    },
  };
}

function settings(cluster: string, fsync: boolean): string[] {
  const values = {
    // The next start finds this folder's server in the process list by this setting (clearStalePostmaster).
    'lockstep.data_folder': cluster,
    listen_addresses: '127.0.0.1',
    // No socket file: its lock in /tmp survives a kill -9 and is shared by all users of the machine.
    unix_socket_directories: '',
    shared_buffers: '256MB',
    max_wal_size: '4GB',
    jit: 'off',
    autovacuum_naptime: '10s',
    max_connections: '200',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(fsync ? {} : { fsync: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function waitUntilReady(guarded: GuardedProcess, url: string, lastLines: readonly string[]): Promise<void> {
  let ended: ProcessExit | undefined;
  void guarded.exited.then((exit) => (ended = exit));
  const deadline = performance.now() + readyTimeoutMs;
  for (;;) {
    const problem = await checkReadiness(url);
    if (problem === undefined) {
      return;
    }
    if (ended !== undefined || performance.now() >= deadline) {
      const what = ended === undefined ? `was not ready after ${readyTimeoutMs / 1000} s` : 'exited during its start';
      throw new EmbeddedError(
        'postgres_start_failed',
        `PostgreSQL ${what}: ${lastLines.at(-1) ?? 'no output'}\n${lastLines.join('\n')}`,
        { cause: problem },
      );
    }
    await delay(30);
  }
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (found.rowCount === 0) {
      await client.query(`CREATE DATABASE ${database}`);
    }
  } finally {
    await client.end();
  }
}

/** Returns why Postgres does not answer a query; undefined if it does. */
async function checkReadiness(url: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  // The query reports a broken connection. Without a listener the event would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return undefined;
  } catch (error) {
    return error ?? 'no answer';
  } finally {
    await client.end().catch(() => undefined);
  }
}
