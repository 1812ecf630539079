import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessExit } from '#dev/embedded/guarded-process';
import { urlHostOf } from '#ground/config/config';
import { NODE_FLAGS } from '#ground/process/node-flags';
import { BoundedLog } from './bounded-log.js';
import { KeptRunning } from './kept-running.js';
import { consoleLine } from './log-lines.js';
import { RepeatFilter } from './repeat-filter.js';
import { StackError } from './stack-error.js';
import type { RunningApp } from './stack-file.js';

const readyTimeoutMs = 60_000;
// The apps' own bound from SIGTERM to exit; then something hangs.
const drainTimeoutMs = 15_000;
// An app that ends this often before it is ready will not become so: its settings or its database are wrong.
const hopelessStarts = 3;

export interface AppSpecification {
  readonly app: string;
  readonly instance: number;
  /** The file that Node runs. */
  readonly entry: string;
  /** The address that it listens on, as the environment says. */
  readonly host: string;
  readonly port: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly logFolder: string;
  readonly say: (line: string) => void;
  /** After each start: its pid is another one now. */
  readonly onStarted: () => void;
}

interface SpawnedApp {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly exited: Promise<ProcessExit>;
}

/** One instance of an app: a process of its own that is started again when it dies. */
export class AppProcess {
  readonly url: string;
  private readonly name: string;
  private readonly log: BoundedLog;
  private readonly repeats = new RepeatFilter();
  private readonly kept: KeptRunning<SpawnedApp>;
  private starts = 0;

  constructor(private readonly specification: AppSpecification) {
    const { app, instance, port, host, logFolder, say } = specification;
    this.url = `http://${urlHostOf(host)}:${port}`;
    this.name = `${app}-${instance}`;
    this.log = new BoundedLog(path.join(logFolder, `${this.name}.log`));
    this.kept = new KeptRunning({
      name: this.name,
      start: () => this.spawn(),
      stop: (started) => this.drain(started),
      onStarted: () => specification.onStarted(),
      say,
    });
  }

  /** As it stands in stack.json; undefined before its first start. */
  get running(): RunningApp | undefined {
    const { app, instance } = this.specification;
    const pid = this.kept.running?.pid;
    return pid === undefined ? undefined : { app, instance, pid, url: this.url };
  }

  async start(): Promise<void> {
    await this.kept.start();
  }

  /**
   * Resolves when `/health/ready` answers 200.
   * @throws StackError app_not_ready with the log's last lines, after 60 s or when it ends again and again
   */
  async waitUntilReady(signal: AbortSignal): Promise<void> {
    const deadline = performance.now() + readyTimeoutMs;
    while (!signal.aborted) {
      if (await this.isReady()) return;
      if (this.starts > hopelessStarts) throw this.notReady(`ended ${hopelessStarts} times at its start`);
      if (performance.now() >= deadline) throw this.notReady(`is not ready after ${readyTimeoutMs / 1000} s`);
      await delay(100, undefined, { signal }).catch(() => undefined);
    }
  }

  /** SIGTERM, then SIGKILL when it doesn't drain in time. */
  async stop(): Promise<void> {
    await this.kept.stop();
    await this.log.close();
  }

  /** SIGKILL to one that is being stopped. */
  kill(): void {
    this.kept.running?.child.kill('SIGKILL');
  }

  private spawn(): Promise<SpawnedApp> {
    const { entry, port, environment } = this.specification;
    this.starts += 1;
    const extension = path.extname(import.meta.url);
    const parentWatch = new URL(`../../../libs/dev/embedded/parent-watch${extension}`, import.meta.url).href;
    const child = spawn(process.execPath, [...NODE_FLAGS, '--import', parentWatch, entry], {
      env: { ...environment, PORT: String(port) },
      // Its own session: Ctrl-C in a terminal must not reach it, or it would be gone before the drain is through.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const output of [child.stdout, child.stderr]) {
      if (output !== null) createInterface({ input: output }).on('line', (line) => this.take(line));
    }
    const exited = new Promise<ProcessExit>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('spawn', () => resolve({ child, pid: child.pid ?? 0, exited }));
    });
  }

  private take(line: string): void {
    this.log.write(line);
    const found = consoleLine(this.name, line);
    if (found === undefined) return;
    // A crash's stack has no clock, and all its lines are wanted.
    const text = found.clock === '' ? found.text : this.repeats.pass(found.text, performance.now());
    if (text !== undefined) this.specification.say(`${found.clock}  ${text}`.trimStart());
  }

  private async drain({ child, pid, exited }: SpawnedApp): Promise<void> {
    const inTime = new AbortController();
    const killLate = delay(drainTimeoutMs, undefined, { signal: inTime.signal }).then(
      () => {
        this.specification.say(`${this.name} (pid ${pid}) did not stop within ${drainTimeoutMs / 1000} s: killed`);
        child.kill('SIGKILL');
      },
      () => undefined,
    );
    child.kill('SIGTERM');
    await exited;
    inTime.abort();
    await killLate;
  }

  private async isReady(): Promise<boolean> {
    try {
      const response = await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(2_000) });
      await response.body?.cancel();
      return response.status === 200;
    } catch {
      return false;
    }
  }

  private notReady(what: string): StackError {
    const lines = this.log.lastLines().map((line) => `  ${line}`);
    return new StackError('app_not_ready', [`${this.name} ${what}. The last lines of ${this.log.file}:`, ...lines].join('\n'));
  }
}
