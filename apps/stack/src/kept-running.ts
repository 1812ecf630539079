import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessExit } from '#dev/embedded/guarded-process';
import { Backoff } from './backoff.js';

export interface RunningProcess {
  readonly pid: number;
  /** Never rejects. */
  readonly exited: Promise<ProcessExit>;
}

/** Starts what it is given, and again whenever it ends by itself, until it is stopped. */
export class KeptRunning<Started extends RunningProcess> {
  private readonly stopping = new AbortController();
  private readonly backoff = new Backoff();
  private starting: Promise<Started> | undefined;
  private current: Started | undefined;
  private watch: Promise<void> = Promise.resolve();

  constructor(private readonly options: {
    readonly name: string;
    readonly start: () => Promise<Started>;
    readonly stop: (started: Started) => Promise<unknown>;
    /** After each start, the first included. */
    readonly onStarted: (started: Started) => void;
    readonly say: (line: string) => void;
  }) {}

  get running(): Started | undefined {
    return this.current;
  }

  /** Resolves when it runs for the first time. Rejects as its start does; it is not tried again then. */
  async start(): Promise<Started> {
    const started = await this.startOnce();
    this.watch = this.keepRunning(started, performance.now());
    return started;
  }

  /** Resolves when it is gone for good, also when it was just being started. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.starting?.catch(() => undefined);
    const { current } = this;
    if (current !== undefined) await this.options.stop(current);
    await this.watch;
  }

  private async startOnce(): Promise<Started> {
    this.stopping.signal.throwIfAborted();
    this.starting = this.options.start();
    const started = await this.starting;
    this.current = started;
    this.options.onStarted(started);
    return started;
  }

  private async keepRunning(first: Started, firstStartedAt: number): Promise<void> {
    let started = first;
    let startedAt = firstStartedAt;
    for (;;) {
      const exit = await started.exited;
      if (this.stopping.signal.aborted) return;
      const again = await this.startAgain(`${this.options.name} (pid ${started.pid}) ended with ${describeExit(exit)}`, performance.now() - startedAt);
      if (again === undefined) return;
      started = again;
      startedAt = performance.now();
    }
  }

  /** Until it succeeds; undefined when stopped meanwhile. */
  private async startAgain(what: string, livedMs: number): Promise<Started | undefined> {
    let reason = what;
    let lived = livedMs;
    while (!this.stopping.signal.aborted) {
      const delayMs = this.backoff.delayAfter(lived);
      this.options.say(`${reason}; starting it again in ${delayMs} ms`);
      await delay(delayMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      if (this.stopping.signal.aborted) return undefined;
      try {
        const started = await this.startOnce();
        this.options.say(`${this.options.name} was started again (pid ${started.pid})`);
        return started;
      } catch (error) {
        reason = `${this.options.name} could not be started: ${error instanceof Error ? error.message : String(error)}`;
        lived = 0;
      }
    }
    return undefined;
  }
}

function describeExit({ code, signal }: ProcessExit): string {
  if (signal !== null) return `signal ${signal}`;
  return code === null ? 'an unknown exit code' : `exit code ${code}`;
}
