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
import { type ServerUser, nameOfWorkingDirectory } from './server-user.js';

export interface PostgresData {
  readonly cluster: string;
  readonly password: string;
}

/**
 * Makes the cluster once, under another name that is renamed when it is complete, so that a start that was cut
 * short leaves nothing that looks like a cluster. The superuser's password is random and stays in a 0600 file.
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
        `${passwordFile} is missing, so nobody can log in: put it back, or run "npm run reset".`,
        { cause },
      );
    });
    return { cluster, password: password.trim() };
  }
  const password = randomBytes(24).toString('base64url');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  await makeCluster({ folder, cluster, password, binaries, user, durable });
  return { cluster, password };
}

export function clusterFolder(dataDir: string): string {
  return join(dataDir, 'cluster');
}

async function makeCluster(options: {
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
    await giveTo(user, [unfinished, initialPassword]);
  }
  const args = [
    `--pgdata=${await nameOfWorkingDirectory(unfinished, user)}`,
    '--username=postgres',
    '--pwfile=/dev/stdin',
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // Built in since Postgres 17: the sort order doesn't depend on the machine's libraries.
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

async function giveTo(user: ServerUser, paths: readonly string[]): Promise<void> {
  try {
    for (const path of paths) {
      await chown(path, user.uid, user.gid);
    }
  } catch (cause) {
    throw new EmbeddedError(
      'postgres_start_failed',
      `PostgreSQL refuses to run as root, and this root can't give its files to uid ${user.uid} (${String(cause)}): ` +
        'start as another user, allow CAP_CHOWN, CAP_SETUID and CAP_SETGID, or set DATABASE_URL.',
      { cause },
    );
  }
}

/** Hands the password over as standard input: the server's user may not be able to reach the file by its path. */
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
 * A `postmaster.pid` whose process is gone, or is another program by now (after a reboot or kill -9), would keep
 * Postgres from starting: it only asks whether the pid is alive. Postgres still checks the shared memory segment
 * that belongs to the folder, so removing the file can't let two servers onto one cluster.
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
