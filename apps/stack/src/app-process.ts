import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessExit } from '#dev/embedded/guarded-process';
import { urlHostOf } from '#ground/config/config';
import { NODE_FLAGS } from '#ground/process/node-flags';
import { BoundedLog } from './bounded-log.js';
import { consoleLine } from './log-lines.js';
import { RepeatFilter } from './repeat-filter.js';
import { StackError } from './stack-error.js';
import type { RunningApp } from './stack-file.js';
import { SupervisedProcess } from './supervised-process.js';

const readyTimeoutMs = 60_000;
// The apps promise to exit within this time of SIGTERM.
const drainTimeoutMs = 15_000;
// After so many failed starts, the app's settings or its database are wrong.
const maximumFailedStarts = 3;

export interface AppSpecification {
  readonly app: string;
  readonly instance: number;
  /** The app's main file. */
  readonly entry: string;
  /** The app's HOST, where it listens. */
  readonly host: string;
  readonly port: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly logFolder: string;
  readonly say: (line: string) => void;
  /** Called after each start, which changes the pid. */
  readonly onStarted: () => void;
}

interface SpawnedApp {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly exited: Promise<ProcessExit>;
}

/** One instance of an app. Restarts it when it exits unexpectedly, and collects its output. */
export class AppProcess {
  readonly url: string;
  private readonly name: string;
  private readonly log: BoundedLog;
  private readonly repeats = new RepeatFilter();
  private readonly process: SupervisedProcess<SpawnedApp>;
  private starts = 0;

  constructor(private readonly specification: AppSpecification) {
    const { app, instance, port, host, logFolder, say } = specification;
    this.url = `http://${urlHostOf(host)}:${port}`;
    this.name = `${app}-${instance}`;
    this.log = new BoundedLog(path.join(logFolder, `${this.name}.log`));
    this.process = new SupervisedProcess({
      name: this.name,
      start: () => this.spawn(),
      stop: (started) => this.drain(started),
      onStarted: () => specification.onStarted(),
      say,
    });
  }

  /** Entry for stack.json; undefined before the first start. */
  get running(): RunningApp | undefined {
    const { app, instance } = this.specification;
    const pid = this.process.current?.pid;
    return pid === undefined ? undefined : { app, instance, pid, url: this.url };
  }

  async start(): Promise<void> {
    await this.process.start();
  }

  /**
   * Resolves when `/health/ready` answers 200.
   * @throws StackError app_not_ready with the log's last lines, after 60 s or three failed starts
   */
  async waitUntilReady(signal: AbortSignal): Promise<void> {
    const deadline = performance.now() + readyTimeoutMs;
    while (!signal.aborted) {
      if (await this.isReady()) return;
      if (this.starts > maximumFailedStarts) throw this.notReady(`exited during its start ${maximumFailedStarts} times`);
      if (performance.now() >= deadline) throw this.notReady(`is not ready after ${readyTimeoutMs / 1000} s`);
      await delay(100, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Sends SIGTERM, and SIGKILL if the app does not exit in time. */
  async stop(): Promise<void> {
    await this.process.stop();
    await this.log.close();
  }

  /** Sends SIGKILL to an app that is stopping. */
  kill(): void {
    this.process.current?.child.kill('SIGKILL');
  }

  private spawn(): Promise<SpawnedApp> {
    const { entry, port, environment } = this.specification;
    this.starts += 1;
    const extension = path.extname(import.meta.url);
    const parentWatch = new URL(`../../../libs/dev/embedded/parent-watch${extension}`, import.meta.url).href;
    const child = spawn(process.execPath, [...NODE_FLAGS, '--import', parentWatch, entry], {
      env: { ...environment, PORT: String(port) },
      // In its own session, Ctrl-C in a terminal does not reach the app; the supervisor drains it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const output of [child.stdout, child.stderr]) {
      if (output !== null) createInterface({ input: output }).on('line', (line) => this.handleLine(line));
    }
    const exited = new Promise<ProcessExit>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('spawn', () => resolve({ child, pid: child.pid ?? 0, exited }));
    });
  }

  private handleLine(line: string): void {
    this.log.write(line);
    const found = consoleLine(this.name, line);
    if (found === undefined) return;
    // Lines of a crash's stack have no clock, and all of them are shown.
    const text = found.clock === '' ? found.text : this.repeats.filter(found.text, performance.now());
    if (text !== undefined) this.specification.say(`${found.clock}  ${text}`.trimStart());
  }

  private async drain({ child, pid, exited }: SpawnedApp): Promise<void> {
    const timer = new AbortController();
    const killLate = delay(drainTimeoutMs, undefined, { signal: timer.signal }).then(
      () => {
        this.specification.say(`${this.name} (pid ${pid}) did not stop within ${drainTimeoutMs / 1000} s; killing it`);
        child.kill('SIGKILL');
      },
      () => undefined,
    );
    child.kill('SIGTERM');
    await exited;
    timer.abort();
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
