import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EmbeddedError } from './embedded-error.js';

export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The user that Postgres runs as when we are root, which it refuses to be: the owner of its existing data folder,
 * else `postgres`, else `nobody`. None is made: starting a stack must not change the machine's accounts.
 */
export async function serverUser(existingData: string): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  const owner = await stat(existingData).catch(() => undefined);
  if (owner !== undefined && owner.uid !== 0) {
    return { uid: owner.uid, gid: owner.gid };
  }
  // The file, not the command `id`: the PATH may be a bare one.
  const accounts = await readFile('/etc/passwd', 'utf8').catch(() => '');
  for (const name of ['postgres', 'nobody']) {
    const match = new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, 'm').exec(accounts);
    if (match !== null) {
      return { uid: Number(match[1]), gid: Number(match[2]) };
    }
  }
  throw new EmbeddedError(
    'postgres_start_failed',
    'PostgreSQL refuses to run as root and there is no account "postgres" or "nobody" to run it as: ' +
      'start as another user, or set DATABASE_URL.',
  );
}

/**
 * What a process of this user calls its data folder, which must be its working directory. We enter that directory while
 * we are still root, and Linux resolves /proc/self/cwd to it without a look at the folders above. So the server needs
 * no privilege to run below root's home.
 * @throws EmbeddedError postgres_start_failed where the system has no such link and a folder above is closed
 */
export async function nameOfWorkingDirectory(folder: string, user: ServerUser | undefined): Promise<string> {
  if (user === undefined) {
    return folder;
  }
  if (process.platform === 'linux') {
    return '/proc/self/cwd';
  }
  const closed = await closedFolderAbove(folder, user);
  if (closed === undefined) {
    return folder;
  }
  throw new EmbeddedError(
    'postgres_start_failed',
    `PostgreSQL runs as uid ${user.uid} when started by root, and that user can't pass ${closed}: ` +
      'move the project or LOCKSTEP_DATA_DIR, start as another user, or set DATABASE_URL.',
  );
}

/** The first folder above the path that the user can't pass, by its mode bits. */
export async function closedFolderAbove(path: string, user: ServerUser): Promise<string | undefined> {
  for (const folder of foldersAbove(path)) {
    const { mode, uid, gid } = await stat(folder);
    const execute = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & execute) === 0) {
      return folder;
    }
  }
  return undefined;
}

/** From the nearest to the root of the file system. */
export function foldersAbove(path: string): string[] {
  const folder = dirname(path);
  return folder === path ? [] : [folder, ...foldersAbove(folder)];
}
