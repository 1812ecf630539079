import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessExit } from '#dev/embedded/guarded-process';
import { Backoff } from './backoff.js';

export interface RunningProcess {
  readonly pid: number;
  /** Never rejects. */
  readonly exited: Promise<ProcessExit>;
}

/** Starts a process, and restarts it after each unexpected exit until `stop`. */
export class SupervisedProcess<Started extends RunningProcess> {
  private readonly stopping = new AbortController();
  private readonly backoff = new Backoff();
  private starting: Promise<Started> | undefined;
  private started: Started | undefined;
  private supervision: Promise<void> = Promise.resolve();

  constructor(private readonly options: {
    readonly name: string;
    readonly start: () => Promise<Started>;
    readonly stop: (started: Started) => Promise<unknown>;
    /** Called after each start, including the first. */
    readonly onStarted: (started: Started) => void;
    readonly say: (line: string) => void;
  }) {}

  /** The process started last; undefined before the first start. */
  get current(): Started | undefined {
    return this.started;
  }

  /** Resolves after the first start. Rejects if that fails, without another try. */
  async start(): Promise<Started> {
    const started = await this.startOnce();
    this.supervision = this.keepRunning(started, performance.now());
    return started;
  }

  /** Resolves when the process has exited and will not be restarted. Waits for a start in progress. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.starting?.catch(() => undefined);
    const { started } = this;
    if (started !== undefined) await this.options.stop(started);
    await this.supervision;
  }

  private async startOnce(): Promise<Started> {
    this.stopping.signal.throwIfAborted();
    this.starting = this.options.start();
    const started = await this.starting;
    this.started = started;
    this.options.onStarted(started);
    return started;
  }

  private async keepRunning(first: Started, firstStartedAt: number): Promise<void> {
    let started = first;
    let startedAt = firstStartedAt;
    for (;;) {
      const exit = await started.exited;
      if (this.stopping.signal.aborted) return;
      const next = await this.restart(`${this.options.name} (pid ${started.pid}) exited with ${describeExit(exit)}`, performance.now() - startedAt);
      if (next === undefined) return;
      started = next;
      startedAt = performance.now();
    }
  }

  /** Tries until a start succeeds; undefined if `stop` was called. */
  private async restart(exitReason: string, lastUptimeMs: number): Promise<Started | undefined> {
    let reason = exitReason;
    let uptimeMs = lastUptimeMs;
    while (!this.stopping.signal.aborted) {
      const delayMs = this.backoff.delayAfter(uptimeMs);
      this.options.say(`${reason}; restarting it in ${delayMs} ms`);
      await delay(delayMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      if (this.stopping.signal.aborted) return undefined;
      try {
        const started = await this.startOnce();
        this.options.say(`${this.options.name} restarted (pid ${started.pid})`);
        return started;
      } catch (error) {
        reason = `${this.options.name} could not be started: ${error instanceof Error ? error.message : String(error)}`;
        uptimeMs = 0;
      }
    }
    return undefined;
  }
}

function describeExit({ code, signal }: ProcessExit): string {
  if (signal !== null) return `signal ${signal}`;
  return code === null ? 'an unknown exit code' : `exit code ${code}`;
}
