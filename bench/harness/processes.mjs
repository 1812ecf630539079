import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
const running = new Set();

/**
 * Starts a Node program. Its output goes to `<folder>/<name>.log`; with `capture`, its stdout goes to `output` instead.
 * @param {{ name: string, file: string, args?: string[], env?: NodeJS.ProcessEnv, folder: string, capture?: boolean, nodeFlags?: string[] }} program
 */
export function startProgram({ name, file, args = [], env = process.env, folder, capture = false, nodeFlags = [] }) {
  const logFile = path.join(folder, `${name}.log`);
  // A file, because reading a pipe would take CPU from the pipeline under test.
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, [...nodeFlags, file, ...args], { env, stdio: ['ignore', capture ? 'pipe' : log, log, 'ipc'] });
  closeSync(log);
  const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
  const failure = (what) => new Error(`${name} ${what}; its last lines:\n${readFileSync(logFile, 'utf8').split('\n').slice(-15).join('\n')}`);
  let reported = false;
  child.once('message', () => (reported = true));
  const program = {
    name,
    pid: child.pid,
    exited,
    output: capture ? text(child.stdout) : undefined,
    failure,
    /** Resolves when `isReady` returns true. Rejects when the program exits first, or after a minute. */
    whenReady: async (isReady) => {
      let result;
      void exited.then((value) => (result = value));
      const deadline = performance.now() + READY_TIMEOUT_MS;
      while (!(await isReady())) {
        if (result !== undefined) throw failure(`exited (${result}) before it was ready`);
        if (performance.now() > deadline) throw failure(`was not ready after ${READY_TIMEOUT_MS / 1_000} s`);
        await delay(50);
      }
    },
    /** For `whenReady`: true once the program has sent a message. */
    hasReported: () => reported,
    /** Sends SIGTERM, and SIGKILL after 20 s. */
    stop: async () => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(timer);
    },
  };
  running.add(program);
  void exited.then(() => running.delete(program));
  return program;
}

export async function stopAllPrograms() {
  await Promise.all([...running].map((program) => program.stop()));
}
