import { EmbeddedError } from './embedded-error.js';
import { type ProcessInfo, describeProcess, signalProcess, waitUntilGone } from './process-info.js';

// From the death of a supervisor until its guard has noticed: milliseconds, but the machine may be busy.
const noticeMs = 2_000;
// Above a guard's grace (10 s), after which it sends SIGKILL.
const stopTimeMs = 20_000;

export interface Leftover {
  /** For the error's sentence: "PostgreSQL". */
  readonly server: string;
  readonly dataDir: string;
  readonly pid: number | undefined;
  readonly stopSignal: NodeJS.Signals;
  /** Tells our server from whatever else got that pid since. */
  readonly isServer: (found: ProcessInfo) => boolean;
}

/**
 * Makes sure that no server of an earlier run is still alive on this data folder: one that is being stopped by its
 * guard is waited for, one that lost its guard is stopped.
 * @throws EmbeddedError data_folder_in_use when it is alive under a living guard, so somebody is using it
 */
export async function reclaimDataFolder(leftover: Leftover): Promise<void> {
  const found = leftover.pid === undefined ? undefined : await describeProcess(leftover.pid);
  if (found === undefined || !leftover.isServer(found)) {
    return;
  }
  if ((await guardOf(found)) === 'watching' && (await waitUntilGone(found, noticeMs))) {
    return;
  }
  const guard = await guardOf(found);
  if (guard === 'none') {
    signalProcess(found.pid, leftover.stopSignal);
  }
  if (guard !== 'watching' && (await waitUntilGone(found, stopTimeMs))) {
    return;
  }
  throw new EmbeddedError(
    'data_folder_in_use',
    `${leftover.server} (pid ${found.pid}) is still running on ${leftover.dataDir}: ` +
      'stop what started it, or choose another LOCKSTEP_DATA_DIR.',
  );
}

async function guardOf(server: ProcessInfo): Promise<'watching' | 'stopping' | 'none'> {
  const parent = await describeProcess(server.parentPid);
  if (parent === undefined) {
    return 'none';
  }
  if (parent.command.includes('lockstep guard: stopping')) {
    return 'stopping';
  }
  return /\bguard\.[jt]s\b/.test(parent.command) ? 'watching' : 'none';
}
