/**
 * Runs one server as its child and stops it when the process that started the guard is gone, however that one ended:
 * the IPC channel closes with it even after kill -9. A file that runs on its own, compiled or with its types
 * stripped, so it imports nothing of ours but types.
 */
import { spawn } from 'node:child_process';
import type { GuardOrder, GuardReport } from './guarded-process.js';

const order = JSON.parse(process.argv[2] ?? '') as GuardOrder;

const child = spawn(order.command, order.args, {
  cwd: order.cwd,
  stdio: ['ignore', 'inherit', 'inherit'],
  ...order.runAs,
});

let stopping = false;
function stop(): void {
  if (stopping) {
    return;
  }
  stopping = true;
  // Shows in the process list, where the next start tells "being stopped" from "in use" (see reclaim.ts).
  process.title = 'lockstep guard: stopping';
  child.kill(order.stopSignal);
  setTimeout(() => child.kill('SIGKILL'), order.graceMs).unref();
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
