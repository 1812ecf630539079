import { EmbeddedError } from './embedded-error.js';
import { type ProcessInfo, describeProcess, signalProcess, waitForExit } from './process-info.js';

// A guard notices the supervisor's exit within milliseconds, or later on a busy machine.
const noticeMs = 2_000;
// Longer than a guard's grace period (10 s), after which it sends SIGKILL.
const stopTimeMs = 20_000;

export interface EarlierServer {
  /** For the error message, for example "PostgreSQL". */
  readonly server: string;
  readonly dataDir: string;
  readonly pid: number | undefined;
  readonly stopSignal: NodeJS.Signals;
  /** Distinguishes the server from another program that has got its pid. */
  readonly isServer: (found: ProcessInfo) => boolean;
}

/**
 * Ensures that no server of an earlier run uses the data folder. Waits for a server that its guard is stopping, and
 * stops a server without a guard.
 * @throws EmbeddedError data_folder_in_use when the server runs under a guard that is not stopping it
 */
export async function reclaimDataFolder(earlier: EarlierServer): Promise<void> {
  const found = earlier.pid === undefined ? undefined : await describeProcess(earlier.pid);
  if (found === undefined || !earlier.isServer(found)) {
    return;
  }
  if ((await guardOf(found)) === 'watching' && (await waitForExit(found, noticeMs))) {
    return;
  }
  const guard = await guardOf(found);
  if (guard === 'none') {
    signalProcess(found.pid, earlier.stopSignal);
  }
  if (guard !== 'watching' && (await waitForExit(found, stopTimeMs))) {
    return;
  }
  throw new EmbeddedError(
    'data_folder_in_use',
    `${earlier.server} (pid ${found.pid}) is still running on ${earlier.dataDir}: ` +
      'stop the process that started it, or set another LOCKSTEP_DATA_DIR.',
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
