import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EmbeddedError } from './embedded-error.js';

export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The user for Postgres if this process is root, as which Postgres refuses to run: the owner of the existing data
 * folder, else `postgres`, else `nobody`. Creates no account, because a start must not change the machine's accounts.
 */
export async function serverUser(existingData: string): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  const owner = await stat(existingData).catch(() => undefined);
  if (owner !== undefined && owner.uid !== 0) {
    return { uid: owner.uid, gid: owner.gid };
  }
  // Reads the file instead of running `id`, because the PATH may be incomplete.
  const accounts = await readFile('/etc/passwd', 'utf8').catch(() => '');
  for (const name of ['postgres', 'nobody']) {
    const match = new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, 'm').exec(accounts);
    if (match !== null) {
      return { uid: Number(match[1]), gid: Number(match[2]) };
    }
  }
  throw new EmbeddedError(
    'postgres_start_failed',
    'PostgreSQL refuses to run as root, and there is no account "postgres" or "nobody" for it: ' +
      'start as another user, or set DATABASE_URL.',
  );
}

/**
 * A path by which this user can access a folder that is its working directory. Root enters the folder first; Linux
 * resolves /proc/self/cwd without checking the folders above, so the server can run below root's home.
 * @throws EmbeddedError postgres_start_failed if there is no such link and the user has no access to a folder above
 */
export async function accessiblePath(folder: string, user: ServerUser | undefined): Promise<string> {
  if (user === undefined) {
    return folder;
  }
  if (process.platform === 'linux') {
    return '/proc/self/cwd';
  }
  const inaccessible = await inaccessibleFolderAbove(folder, user);
  if (inaccessible === undefined) {
    return folder;
  }
  throw new EmbeddedError(
    'postgres_start_failed',
    `PostgreSQL runs as uid ${user.uid} when started by root, and that user has no access to ${inaccessible}: ` +
      'move the project or LOCKSTEP_DATA_DIR, start as another user, or set DATABASE_URL.',
  );
}

/** The nearest folder above the path whose mode bits deny the user access (the execute bit). */
export async function inaccessibleFolderAbove(path: string, user: ServerUser): Promise<string | undefined> {
  for (const folder of foldersAbove(path)) {
    const { mode, uid, gid } = await stat(folder);
    const execute = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & execute) === 0) {
      return folder;
    }
  }
  return undefined;
}

/** All folders above the path, the nearest first. */
export function foldersAbove(path: string): string[] {
  const folder = dirname(path);
  return folder === path ? [] : [folder, ...foldersAbove(folder)];
}
