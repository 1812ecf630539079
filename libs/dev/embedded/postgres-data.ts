import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdir, open, readFile, realpath, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { EmbeddedError } from './embedded-error.js';
import { withDeathSignal } from './launch.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import { reclaimDataFolder } from './reclaim.js';
import { type ServerUser, accessiblePath } from './server-user.js';

export interface PostgresData {
  readonly cluster: string;
  readonly password: string;
}

/**
 * Creates the cluster once. The complete cluster is renamed into place, so that an interrupted start leaves no partial
 * one. The superuser's password is random and stays in a file with mode 0600.
 */
export async function preparePostgresData(
  dataDir: string,
  binaries: PostgresBinaries,
  user: ServerUser | undefined,
  durable: boolean,
): Promise<PostgresData> {
  await mkdir(dataDir, { recursive: true });
  const folder = await realpath(dataDir);
  const cluster = clusterFolder(folder);
  const passwordFile = join(folder, 'superuser-password');
  if (await exists(join(cluster, 'PG_VERSION'))) {
    const password = await readFile(passwordFile, 'utf8').catch((cause: unknown) => {
      throw new EmbeddedError(
        'postgres_start_failed',
        `${passwordFile} is missing, so no client can log in: restore it, or run "npm run reset".`,
        { cause },
      );
    });
    return { cluster, password: password.trim() };
  }
  const password = randomBytes(24).toString('base64url');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  await createCluster({ folder, cluster, password, binaries, user, durable });
  return { cluster, password };
}

export function clusterFolder(dataDir: string): string {
  return join(dataDir, 'cluster');
}

async function createCluster(options: {
  folder: string;
  cluster: string;
  password: string;
  binaries: PostgresBinaries;
  user: ServerUser | undefined;
  durable: boolean;
}): Promise<void> {
  const { folder, cluster, binaries, user } = options;
  const unfinished = join(folder, 'cluster.unfinished');
  const initialPassword = join(folder, 'initial-password');
  await rm(unfinished, { recursive: true, force: true });
  await rm(initialPassword, { force: true });
  await mkdir(unfinished, { mode: 0o700 });
  await writeFile(initialPassword, options.password, { mode: 0o600 });
  if (user !== undefined) {
    await changeOwner(user, [unfinished, initialPassword]);
  }
  const args = [
    `--pgdata=${await accessiblePath(unfinished, user)}`,
    '--username=postgres',
    '--pwfile=/dev/stdin',
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // Postgres 17's builtin provider: the sort order does not depend on the machine's libraries.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...(options.durable ? [] : ['--no-sync']),
  ];
  try {
    await runInitdb(binaries.initdb, args, { folder: unfinished, passwordFile: initialPassword, user });
  } catch (cause) {
    throw new EmbeddedError('postgres_start_failed', `PostgreSQL's initdb failed in ${folder}: ${String(cause)}`, {
      cause,
    });
  } finally {
    await rm(initialPassword, { force: true });
  }
  await rename(unfinished, cluster);
}

async function changeOwner(user: ServerUser, paths: readonly string[]): Promise<void> {
  try {
    for (const path of paths) {
      await chown(path, user.uid, user.gid);
    }
  } catch (cause) {
    throw new EmbeddedError(
      'postgres_start_failed',
      `PostgreSQL refuses to run as root, and this process cannot give its files to uid ${user.uid} (${String(cause)}): ` +
        'start as another user, allow CAP_CHOWN, CAP_SETUID and CAP_SETGID, or set DATABASE_URL.',
      { cause },
    );
  }
}

/** Passes the password as standard input, because the server's user may have no access to the file's path. */
async function runInitdb(
  initdb: string,
  args: readonly string[],
  options: { folder: string; passwordFile: string; user: ServerUser | undefined },
): Promise<void> {
  const { command, args: launchArgs } = await withDeathSignal(initdb, args, 'SIGTERM');
  const password = await open(options.passwordFile, 'r');
  try {
    const child = spawn(command, launchArgs, { cwd: options.folder, stdio: [password.fd, 'ignore', 'pipe'], ...options.user });
    const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
    const [[code, signal], errors] = await Promise.all([closed, child.stderr === null ? '' : text(child.stderr)]);
    if (code !== 0) {
      throw new Error(`${errors.trim()} (${signal ?? `exit code ${code}`})`);
    }
  } finally {
    await password.close();
  }
}

/**
 * Removes a stale `postmaster.pid`. Postgres checks only whether its pid is alive, and after a reboot that may be another
 * program. Postgres also checks the folder's shared memory segment, so two servers cannot run on one cluster.
 * @throws EmbeddedError data_folder_in_use
 */
export async function clearStalePostmaster(cluster: string): Promise<void> {
  const pidFile = join(cluster, 'postmaster.pid');
  const content = await readFile(pidFile, 'utf8').catch(() => undefined);
  if (content === undefined) {
    return;
  }
  const pid = Number.parseInt(content, 10);
  await reclaimDataFolder({
    server: 'PostgreSQL',
    dataDir: cluster,
    pid: pid > 0 ? pid : undefined,
    stopSignal: 'SIGINT',
    isServer: (found) => found.command.includes('postgres') && found.command.includes(cluster),
  });
  await unlink(pidFile).catch(() => undefined);
}

async function exists(path: string): Promise<boolean> {
  return (await readFile(path).catch(() => undefined)) !== undefined;
}
