import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { NODE_FLAGS } from '#ground/process/node-flags';
import { waitUntil } from '#dev/testing/wait-until';
import type { Reaper } from './reaper.js';

const RESTART_AFTER_MS = 1_000;
/** The apps promise 15 s; the rest allows for a busy machine. */
const STOP_LIMIT_MS = 20_000;
const READY_LIMIT_MS = 60_000;

export interface AppSpecification {
  /** For example `gateway 0`. */
  readonly name: string;
  readonly app: 'gateway' | 'dispatcher';
  readonly distFolder: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  readonly logFolder: string;
  readonly reaper: Reaper;
  /** Called when the app exits without a signal from the harness. */
  readonly onUnexpectedExit: (message: string) => void;
}

/** A gateway or dispatcher. After an unexpected exit it is restarted, as by a real deployment's supervisor. */
export class AppProcess {
  private child: ChildProcess | undefined;
  /** Processes whose exit is expected, because the harness sent SIGTERM or SIGKILL. */
  private readonly ending = new WeakSet<ChildProcess>();
  private closing = false;

  constructor(private readonly specification: AppSpecification) {}

  get name(): string {
    return this.specification.name;
  }

  get url(): string {
    return `http://127.0.0.1:${this.specification.port}`;
  }

  /** @throws Error when the app is not running */
  get pid(): number {
    const pid = this.running?.pid;
    if (pid === undefined) throw new Error(`${this.name} is not running`);
    return pid;
  }

  get logFile(): string {
    return path.join(this.specification.logFolder, `${this.name.replace(' ', '-')}.log`);
  }

  /** Starts the app on its port. Does nothing if the app runs: it may have been restarted after an unexpected exit. */
  start(): void {
    if (this.running !== undefined) return;
    const { app, distFolder, port, env, reaper } = this.specification;
    const log = openSync(this.logFile, 'a');
    const { PATH = '' } = process.env;
    const child = spawn(process.execPath, [...NODE_FLAGS, path.join(distFolder, 'apps', app, 'src', 'main.js')], {
      env: { PATH, ...env, PORT: String(port), CHAOS_FOLDER: this.specification.logFolder },
      // In its own session, Ctrl-C does not reach the app; the harness stops all processes in order.
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    reaper.watch(child);
    child.once('exit', (code, signal) => {
      if (!this.ending.has(child)) void this.restart(signal ?? code ?? 'unknown');
    });
    this.child = child;
  }

  /** Waits until the app is ready. @throws Error after a minute */
  async ready(): Promise<void> {
    await waitUntil(
      () => `${this.name} ready; its log: ${this.logFile}`,
      async () => (await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined))?.ok === true,
      READY_LIMIT_MS,
    );
  }

  async kill(): Promise<void> {
    const child = this.running;
    if (child === undefined) return;
    this.ending.add(child);
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** Sends SIGTERM. Resolves with a finding if the app exits late or with an error. */
  async stop(): Promise<string | undefined> {
    const child = this.running;
    if (child === undefined) return undefined;
    this.ending.add(child);
    const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    const startedMs = performance.now();
    child.kill('SIGTERM');
    const timer = new AbortController();
    const late = delay(STOP_LIMIT_MS, 'late', { signal: timer.signal }).catch(() => 'late');
    const outcome = await Promise.race([ended, late]);
    timer.abort();
    if (typeof outcome === 'string') {
      child.kill('SIGKILL');
      await ended;
      return `${this.name} did not exit within ${STOP_LIMIT_MS / 1_000} s of SIGTERM`;
    }
    const [code, signal] = outcome;
    return code === 0 ? undefined : `${this.name} exited with ${signal ?? code} ${Math.round(performance.now() - startedMs)} ms after SIGTERM: ${this.lastLine()}`;
  }

  /** Sends SIGSTOP. The app's connections stay open. */
  freeze(): void {
    this.running?.kill('SIGSTOP');
  }

  thaw(): void {
    this.running?.kill('SIGCONT');
  }

  /** Ends restarts after unexpected exits. */
  close(): void {
    this.closing = true;
  }

  private get running(): ChildProcess | undefined {
    const { child } = this;
    return child === undefined || child.exitCode !== null || child.signalCode !== null ? undefined : child;
  }

  private async restart(status: string | number): Promise<void> {
    if (this.closing) return;
    this.specification.onUnexpectedExit(`${this.name} exited unexpectedly (${status}): ${this.lastLine()}`);
    await delay(RESTART_AFTER_MS);
    if (!this.closing) this.start();
  }

  private lastLine(): string {
    return readable(readFileSync(this.logFile, 'utf8').trimEnd().split('\n').at(-1) ?? '').slice(0, 300);
  }
}

/** The message of a log line and of its error, without the stack. */
function readable(line: string): string {
  try {
    const { msg, err } = JSON.parse(line) as { msg?: string; err?: { message?: string } };
    return [msg, err?.message].filter((text) => text !== undefined).join(': ');
  } catch {
    return line;
  }
}
