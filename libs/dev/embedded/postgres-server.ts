import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { EmbeddedError } from './embedded-error.js';
import { type GuardedProcess, type ProcessExit, startGuarded } from './guarded-process.js';
import { withDeathSignal } from './launch.js';
import { postgresBinaries } from './postgres-binaries.js';
import { clearStalePostmaster, clusterFolder, preparePostgresData } from './postgres-data.js';
import { nameOfWorkingDirectory, serverUser } from './server-user.js';

const database = 'lockstep';
// Long, because after a kill -9 it replays up to max_wal_size first; a server that ends is noticed at once.
const readyTimeoutMs = 120_000;

export interface StartPostgresOptions {
  readonly dataDir: string;
  readonly port: number;
  readonly onLog: (line: string) => void;
  /** Default true. False is for tests only: a power cut then loses data. */
  readonly fsync?: boolean;
}

export interface PostgresServer {
  readonly url: string;
  readonly port: number;
  /** The postmaster's. */
  readonly pid: number;
  readonly exited: Promise<ProcessExit>;
  /** A fast shutdown: sessions are cut, a checkpoint is written. */
  stop(): Promise<void>;
}

/**
 * A real PostgreSQL 18 on 127.0.0.1 with a database `lockstep`, ready for queries. The data stays in `dataDir`.
 * It is stopped when this process ends in whatever way.
 * @throws EmbeddedError platform_unsupported, data_folder_in_use, postgres_start_failed
 */
export async function startPostgres(options: StartPostgresOptions): Promise<PostgresServer> {
  const { dataDir, port, onLog, fsync = true } = options;
  const user = await serverUser(clusterFolder(dataDir));
  const binaries = await postgresBinaries(user);
  const { cluster, password } = await preparePostgresData(dataDir, binaries, user, fsync);
  await clearStalePostmaster(cluster);
  const args = ['-D', await nameOfWorkingDirectory(cluster, user), '-p', String(port), ...settings(cluster, fsync)];
  const launch = await withDeathSignal(binaries.postgres, args, 'SIGINT');
  const lastLines: string[] = [];
  const order = { ...launch, cwd: cluster, stopSignal: 'SIGINT', graceMs: 10_000, ...(user === undefined ? {} : { runAs: user }) } as const;
  const guarded = await startGuarded(order, (line) => {
    lastLines.push(line);
    lastLines.splice(0, lastLines.length - 12);
    onLog(line);
  });
  const urlOf = (name: string): string => `postgres://postgres:${password}@127.0.0.1:${port}/${name}`;
  try {
    await whenReady(guarded, urlOf('postgres'), lastLines);
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
    // In the process list the next start recognizes the server of this folder by it (clearStalePostmaster).
    'lockstep.data_folder': cluster,
    listen_addresses: '127.0.0.1',
    // No socket file: its lock in /tmp outlives a kill -9 and is shared by all users of the machine.
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

async function whenReady(guarded: GuardedProcess, url: string, lastLines: readonly string[]): Promise<void> {
  let ended: ProcessExit | undefined;
  void guarded.exited.then((exit) => (ended = exit));
  const deadline = performance.now() + readyTimeoutMs;
  for (;;) {
    const refusal = await tryQuery(url, 'SELECT 1');
    if (refusal === undefined) {
      return;
    }
    if (ended !== undefined || performance.now() >= deadline) {
      const why = ended === undefined ? `not ready after ${readyTimeoutMs / 1000} s` : 'ended';
      throw new EmbeddedError(
        'postgres_start_failed',
        `PostgreSQL ${why} at its start: ${lastLines.at(-1) ?? 'no output'}\n${lastLines.join('\n')}`,
        { cause: refusal },
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

/** Why the query couldn't be answered, or undefined when it was. */
async function tryQuery(url: string, text: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  // A connection that breaks later is reported by the query; without a listener it would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query(text);
    return undefined;
  } catch (error) {
    return error ?? 'no answer';
  } finally {
    await client.end().catch(() => undefined);
  }
}
