import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, realpath, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedError } from './embedded-error.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import { reclaimDataFolder } from './reclaim.js';
import { type Launch, type ServerUser, launchAs } from './server-user.js';

const run = promisify(execFile);

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
    await chown(unfinished, user.uid, user.gid);
    await chown(initialPassword, user.uid, user.gid);
  }
  const args = [
    `--pgdata=${unfinished}`,
    '--username=postgres',
    `--pwfile=${initialPassword}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // Built in since Postgres 17: the sort order doesn't depend on the machine's libraries.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...(options.durable ? [] : ['--no-sync']),
  ];
  const launch = await launchAs(binaries.initdb, args, {
    user,
    paths: [binaries.initdb, unfinished],
    deathSignal: 'SIGTERM',
  });
  try {
    await run(launch.command, launch.args, launchOptions(launch));
  } catch (cause) {
    throw new EmbeddedError('postgres_start_failed', `PostgreSQL's initdb failed in ${folder}: ${String(cause)}`, {
      cause,
    });
  } finally {
    await rm(initialPassword, { force: true });
  }
  await rename(unfinished, cluster);
}

function launchOptions(launch: Launch): { uid?: number; gid?: number } {
  return launch.runAs === undefined ? {} : { uid: launch.runAs.uid, gid: launch.runAs.gid };
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
