import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describeProcess, signalProcess, waitForExit } from './process-info.js';

/** Passed to the guard as one JSON argument. */
export interface GuardOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly runAs?: { readonly uid: number; readonly gid: number };
  readonly stopSignal: NodeJS.Signals;
  /** From the stop signal to SIGKILL. */
  readonly graceMs: number;
}

export type GuardReport =
  | { readonly kind: 'started'; readonly pid: number }
  | { readonly kind: 'failed'; readonly message: string }
  | ({ readonly kind: 'exited' } & ProcessExit);

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface GuardedProcess {
  /** Of the server, not of its guard. */
  readonly pid: number;
  /** Resolves when the server exits for any reason. Never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** Sends the stop signal, and SIGKILL after the grace period. Resolves when the server has exited. */
  stop(): Promise<ProcessExit>;
}

/** Starts a server under a guard (guard.ts). The guard has its own session, so that Ctrl-C in a terminal does not reach it. */
export async function startGuarded(options: GuardOptions, onLine: (line: string) => void): Promise<GuardedProcess> {
  const guardFile = fileURLToPath(new URL(`./guard${extname(import.meta.url)}`, import.meta.url));
  const guard = spawn(process.execPath, [guardFile, JSON.stringify(options)], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  for (const output of [guard.stdout, guard.stderr]) {
    if (output !== null) {
      createInterface({ input: output }).on('line', onLine);
    }
  }
  // Waits for the channel's end too, because the exit event can come before the last report.
  const guardExited = Promise.all([once(guard, 'exit'), once(guard, 'disconnect')]);
  const started = Promise.withResolvers<number>();
  let lastExit: ProcessExit | undefined;
  guard.on('message', (message) => {
    const report = message as GuardReport;
    switch (report.kind) {
      case 'started':
        started.resolve(report.pid);
        break;
      case 'failed':
        started.reject(new Error(`${options.command}: ${report.message}`));
        break;
      case 'exited':
        lastExit = { code: report.code, signal: report.signal };
        break;
    }
  });
  guardExited.then(
    () => started.reject(new Error(`${options.command}: its guard has exited`)),
    (error: unknown) => started.reject(error),
  );
  const pid = await started.promise;
  const exited = guardExited.then(async () => {
    if (lastExit === undefined) {
      await stopOrphan(pid, options);
    }
    return lastExit ?? { code: null, signal: null };
  });
  return {
    pid,
    exited,
    stop: () => {
      // A guard that is exiting has closed the channel, and stops the server anyway.
      if (guard.connected) {
        guard.send('stop', () => undefined);
      }
      return exited;
    },
  };
}

/** Stops the server of a guard that was killed. */
async function stopOrphan(pid: number, options: GuardOptions): Promise<void> {
  const server = await describeProcess(pid);
  if (server === undefined) {
    return;
  }
  signalProcess(pid, options.stopSignal);
  if (!(await waitForExit(server, options.graceMs))) {
    signalProcess(pid, 'SIGKILL');
    await waitForExit(server, options.graceMs);
  }
}
