import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedError } from './embedded-error.js';

const run = promisify(execFile);

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

export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly runAs?: ServerUser;
}

/**
 * How to run a command as that user. Where a folder on the way is closed to it (root's home, a temp folder of mode
 * 0700), util-linux' setpriv lets the process pass folders (CAP_DAC_OVERRIDE) and nothing else that root may.
 * setpriv also has the kernel signal the server should its guard be killed (Linux only; the guard does without).
 */
export async function launchAs(
  command: string,
  args: readonly string[],
  options: { user: ServerUser | undefined; paths: readonly string[]; deathSignal: NodeJS.Signals },
): Promise<Launch> {
  const { user, paths } = options;
  const closed = user === undefined ? undefined : await firstClosed(paths, user);
  const setpriv = await setprivHelp();
  const death = setpriv.includes('--pdeathsig') ? [`--pdeathsig=${options.deathSignal.replace('SIG', '')}`] : [];
  if (closed === undefined || user === undefined) {
    return {
      ...(death.length > 0
        ? { command: 'setpriv', args: [...death, '--', command, ...args] }
        : { command, args }),
      ...(user === undefined ? {} : { runAs: user }),
    };
  }
  if (!setpriv.includes('--ambient-caps')) {
    throw new EmbeddedError(
      'postgres_start_failed',
      `PostgreSQL runs as uid ${user.uid} when started by root, and that user can't pass ${closed}: ` +
        'move the project or LOCKSTEP_DATA_DIR, start as another user, or set DATABASE_URL.',
    );
  }
  const identity = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'];
  const passFolders = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  return { command: 'setpriv', args: [...identity, ...passFolders, ...death, '--', command, ...args] };
}

async function setprivHelp(): Promise<string> {
  try {
    return (await run('setpriv', ['--help'])).stdout;
  } catch {
    return '';
  }
}

/** The first folder above these paths that the user can't pass, by its mode bits. */
async function firstClosed(paths: readonly string[], user: ServerUser): Promise<string | undefined> {
  for (const path of paths) {
    for (let folder = dirname(path); ; folder = dirname(folder)) {
      const { mode, uid, gid } = await stat(folder);
      const execute = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
      if ((mode & execute) === 0) {
        return folder;
      }
      if (folder === dirname(folder)) {
        break;
      }
    }
  }
  return undefined;
}
