import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describeProcess, signalProcess, waitUntilGone } from './process-info.js';

/** What a guard is told: one JSON argument. */
export interface GuardOrder {
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
  /** The server's own pid, not its guard's. */
  readonly pid: number;
  /** Settles when the server is gone, whether it was asked to or not. Never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** Sends the stop signal, SIGKILL after the grace; resolves when the server is gone. */
  stop(): Promise<ProcessExit>;
}

/**
 * Starts a server under a guard of its own (see guard.ts).
 * The guard leads its own session, so that Ctrl-C in a terminal reaches only who started it.
 */
export async function startGuarded(order: GuardOrder, onLine: (line: string) => void): Promise<GuardedProcess> {
  const guardFile = fileURLToPath(new URL(`./guard${extname(import.meta.url)}`, import.meta.url));
  const guard = spawn(process.execPath, [guardFile, JSON.stringify(order)], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  for (const output of [guard.stdout, guard.stderr]) {
    if (output !== null) {
      createInterface({ input: output }).on('line', onLine);
    }
  }
  // The channel's end too: the exit event alone can overtake the last report.
  const guardGone = Promise.all([once(guard, 'exit'), once(guard, 'disconnect')]);
  const started = Promise.withResolvers<number>();
  let lastExit: ProcessExit | undefined;
  guard.on('message', (message) => {
    const report = message as GuardReport;
    switch (report.kind) {
      case 'started':
        started.resolve(report.pid);
        break;
      case 'failed':
        started.reject(new Error(`${order.command}: ${report.message}`));
        break;
      case 'exited':
        lastExit = { code: report.code, signal: report.signal };
        break;
    }
  });
  guardGone.then(
    () => started.reject(new Error(`${order.command}: its guard ended`)),
    (error: unknown) => started.reject(error),
  );
  const pid = await started.promise;
  const exited = guardGone.then(async () => {
    if (lastExit === undefined) {
      await stopLeftBehind(pid, order);
    }
    return lastExit ?? { code: null, signal: null };
  });
  return {
    pid,
    exited,
    stop: () => {
      // A guard that is going already has closed the channel: nothing to say then.
      if (guard.connected) {
        guard.send('stop', () => undefined);
      }
      return exited;
    },
  };
}

/** Only a guard that was itself killed leaves its server behind. */
async function stopLeftBehind(pid: number, order: GuardOrder): Promise<void> {
  const server = await describeProcess(pid);
  if (server === undefined) {
    return;
  }
  signalProcess(pid, order.stopSignal);
  if (!(await waitUntilGone(server, order.graceMs))) {
    signalProcess(pid, 'SIGKILL');
    await waitUntilGone(server, order.graceMs);
  }
}
