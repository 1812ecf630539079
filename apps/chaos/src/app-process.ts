import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { NODE_FLAGS } from '#ground/process/node-flags';
import { waitUntil } from '#dev/testing/wait-until';
import type { Reaper } from './reaper.js';

/** As a real deployment's supervisor does. */
const RESTART_AFTER_MS = 1_000;
/** SIGTERM to exit takes 15 s at most, as promised; the machine is busy. */
const STOP_LIMIT_MS = 20_000;
const READY_LIMIT_MS = 60_000;

export interface AppSpecification {
  /** `gateway 0`. */
  readonly name: string;
  readonly app: 'gateway' | 'dispatcher';
  readonly distFolder: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  readonly logFolder: string;
  readonly reaper: Reaper;
  /** It ended without a signal of ours. */
  readonly onEnded: (what: string) => void;
}

/** A gateway or dispatcher, which is started again when it ends by itself. */
export class AppProcess {
  private child: ChildProcess | undefined;
  /** Those that were sent a signal that ends them. */
  private readonly told = new WeakSet<ChildProcess>();
  private closing = false;

  constructor(private readonly specification: AppSpecification) {}

  get name(): string {
    return this.specification.name;
  }

  get url(): string {
    return `http://127.0.0.1:${this.specification.port}`;
  }

  /** @throws Error when it does not run */
  get pid(): number {
    const pid = this.running?.pid;
    if (pid === undefined) throw new Error(`${this.name} does not run`);
    return pid;
  }

  get logFile(): string {
    return path.join(this.specification.logFolder, `${this.name.replace(' ', '-')}.log`);
  }

  /** Starts it, on the same port as ever; one that runs is left alone: it may have ended by itself, and be back already. */
  start(): void {
    if (this.running !== undefined) return;
    const { app, distFolder, port, env, reaper } = this.specification;
    const log = openSync(this.logFile, 'a');
    const { PATH = '' } = process.env;
    const child = spawn(process.execPath, [...NODE_FLAGS, path.join(distFolder, 'apps', app, 'src', 'main.js')], {
      env: { PATH, ...env, PORT: String(port), CHAOS_FOLDER: this.specification.logFolder },
      // Its own session: Ctrl-C reaches the harness alone, which then stops all in order.
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    reaper.watch(child);
    child.once('exit', (code, signal) => {
      if (!this.told.has(child)) void this.ended(signal ?? code ?? 'unknown');
    });
    this.child = child;
  }

  /** @throws Error after a minute */
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
    this.told.add(child);
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** SIGTERM. Resolves with what was wrong with its end, if anything was. */
  async stop(): Promise<string | undefined> {
    const child = this.running;
    if (child === undefined) return undefined;
    this.told.add(child);
    const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    const startedMs = performance.now();
    child.kill('SIGTERM');
    const inTime = new AbortController();
    const late = delay(STOP_LIMIT_MS, 'late', { signal: inTime.signal }).catch(() => 'late');
    const outcome = await Promise.race([ended, late]);
    inTime.abort();
    if (typeof outcome === 'string') {
      child.kill('SIGKILL');
      await ended;
      return `${this.name} did not end within ${STOP_LIMIT_MS / 1_000} s of SIGTERM`;
    }
    const [code, signal] = outcome;
    return code === 0 ? undefined : `${this.name} ended with ${signal ?? code} ${Math.round(performance.now() - startedMs)} ms after SIGTERM: ${this.lastLine()}`;
  }

  /** SIGSTOP: it stands still, and its connections stay open. */
  freeze(): void {
    this.running?.kill('SIGSTOP');
  }

  thaw(): void {
    this.running?.kill('SIGCONT');
  }

  /** For the end of the run: it is not started again. */
  close(): void {
    this.closing = true;
  }

  private get running(): ChildProcess | undefined {
    const { child } = this;
    return child === undefined || child.exitCode !== null || child.signalCode !== null ? undefined : child;
  }

  private async ended(how: string | number): Promise<void> {
    if (this.closing) return;
    this.specification.onEnded(`${this.name} ended by itself (${how}): ${this.lastLine()}`);
    await delay(RESTART_AFTER_MS);
    if (!this.closing) this.start();
  }

  private lastLine(): string {
    return readable(readFileSync(this.logFile, 'utf8').trimEnd().split('\n').at(-1) ?? '').slice(0, 300);
  }
}

/** A line of the log for people: its message and its error's, without the stack. */
function readable(line: string): string {
  try {
    const { msg, err } = JSON.parse(line) as { msg?: string; err?: { message?: string } };
    return [msg, err?.message].filter((text) => text !== undefined).join(': ');
  } catch {
    return line;
  }
}
