/**
 * Runs one server as its child, and stops it when the guard's parent exits for any reason: the IPC channel then closes,
 * even after kill -9. Node runs this file directly, compiled or with types stripped, so it imports only types.
 */
import { spawn } from 'node:child_process';
import type { GuardOptions, GuardReport } from './guarded-process.js';

const options = JSON.parse(process.argv[2] ?? '') as GuardOptions;

const child = spawn(options.command, options.args, {
  cwd: options.cwd,
  stdio: ['ignore', 'inherit', 'inherit'],
  ...options.runAs,
});

let stopping = false;
function stop(): void {
  if (stopping) {
    return;
  }
  stopping = true;
  // The next start reads the title from the process list, to distinguish "stopping" from "in use" (reclaim.ts).
  process.title = 'lockstep guard: stopping';
  child.kill(options.stopSignal);
  setTimeout(() => child.kill('SIGKILL'), options.graceMs).unref();
}

function report(message: GuardReport, then: () => void): void {
  if (process.connected) {
    process.send?.(message, undefined, undefined, then);
  } else {
    then();
  }
}

process.on('disconnect', stop);
process.on('message', stop);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.on(signal, stop);
}
child.on('spawn', () => report({ kind: 'started', pid: child.pid ?? 0 }, () => undefined));
child.on('error', (error) => report({ kind: 'failed', message: error.message }, () => process.exit(1)));
child.on('exit', (code, signal) => report({ kind: 'exited', code, signal }, () => process.exit(0)));
