import { createHash } from 'node:crypto';
import { chmod, cp, lstat, mkdir, mkdtemp, readdir, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedError } from './embedded-error.js';
import { foldersAbove } from './server-user.js';
import { systemErrorCode } from './system-error.js';

/** Below /var/cache, which exists on every Linux; all users have access, and only root can write to it. */
export const PROGRAM_CACHE = '/var/cache/lockstep';

// Far above the second that a copy takes.
const abandonedAfterMs = 3_600_000;
const unfinishedPrefix = 'unfinished-';

/**
 * Copies a program's folder so that every user can run it, once for each content. The complete copy is renamed into
 * place, so that concurrent or killed starts leave no partial one.
 * @throws EmbeddedError postgres_start_failed when another user could change what is in the cache
 */
export async function programCopy(source: string, name: string, cache = PROGRAM_CACHE): Promise<string> {
  const folder = await trustedFolder(cache);
  await removeAbandoned(folder);
  const content = await fingerprint(source);
  const copy = join(folder, `${name}-${content.slice(0, 12)}`);
  if (await isIntact(copy, content)) {
    return copy;
  }
  const unfinished = await mkdtemp(join(folder, unfinishedPrefix));
  try {
    const fresh = join(unfinished, 'fresh');
    await cp(source, fresh, { recursive: true, verbatimSymlinks: true });
    await makeReadable(fresh);
    await moveIntoPlace(fresh, copy, content);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return copy;
}

/** The cache folder's real path. Rejects a path with a folder that another user could change. */
async function trustedFolder(cache: string): Promise<string> {
  await mkdir(cache, { recursive: true });
  const folder = await realpath(cache);
  for (const path of [folder, ...foldersAbove(folder)]) {
    const { uid, gid, mode } = await stat(path);
    const writable = (mode & 0o002) !== 0 || ((mode & 0o020) !== 0 && gid !== 0);
    // In a sticky folder, such as /tmp, only the owner can rename or delete an entry.
    const sticky = path !== folder && (mode & 0o1000) !== 0;
    if ((uid !== 0 && uid !== process.getuid?.()) || (writable && !sticky)) {
      throw new EmbeddedError(
        'postgres_start_failed',
        `Another user could change ${path}, so PostgreSQL's program cannot be stored in ${cache}: ` +
          `delete ${cache} and let only root write to ${path}, start as another user, or set DATABASE_URL.`,
      );
    }
  }
  // The umask may have removed access for other users.
  await chmod(folder, 0o755);
  return folder;
}

async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = name.startsWith(unfinishedPrefix) ? await ifExists(lstat(path)) : undefined;
    if (found !== undefined && Date.now() - found.mtimeMs > abandonedAfterMs) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

/**
 * A hash of all names, sizes and links. File contents are not read: only an interrupted install or a power cut changes
 * files of one version, and both change sizes.
 */
async function fingerprint(folder: string): Promise<string> {
  const lines = (await readdir(folder, { recursive: true })).sort().map(async (path) => {
    const found = await lstat(join(folder, path));
    return `${path}\0${found.isSymbolicLink() ? await readlink(join(folder, path)) : found.isFile() ? found.size : ''}\0`;
  });
  return createHash('sha256').update((await Promise.all(lines)).join('')).digest('hex');
}

async function isIntact(copy: string, content: string): Promise<boolean> {
  return (await ifExists(fingerprint(copy))) === content;
}

async function makeReadable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  await Promise.all(
    entries.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isSymbolicLink()) {
        const executable = entry.isDirectory() || ((await stat(path)).mode & 0o100) !== 0;
        await chmod(path, executable ? 0o755 : 0o644);
      }
    }),
  );
}

async function moveIntoPlace(fresh: string, copy: string, content: string): Promise<void> {
  try {
    await rename(fresh, copy);
    return;
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes(systemErrorCode(error) ?? '')) {
      throw error;
    }
  }
  // Either a concurrent start was faster, or the existing copy is damaged.
  if (!(await isIntact(copy, content))) {
    await rename(copy, `${fresh}.replaced`);
    await rename(fresh, copy);
  }
}

async function ifExists<T>(result: Promise<T>): Promise<T | undefined> {
  return result.catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') {
      return undefined;
    }
    throw error;
  });
}
