import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/** How long a stop waits for the start to end. */
const STOP_LIMIT_MS = 1_000;

/**
 * The process between its start and its end. An app's lifecycle class begins the start here, in the background: Nest
 * binds the port only after all bootstrap hooks, and health must answer while the process waits for Postgres.
 */
@Injectable()
export class Lifetime {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private isReady = false;

  constructor(private readonly host: HttpAdapterHost) {}

  /**
   * Runs `start` once the port is bound, so that a process whose port is taken changes nothing. The signal is aborted
   * when the process is to stop.
   */
  begin(start: (signal: AbortSignal) => Promise<void>): void {
    this.running = this.run(start);
    // Whoever awaits `started` gets the error.
    this.running.catch(() => undefined);
  }

  /** Resolves when the start has ended. @throws its error; an AbortError when the process was stopped before */
  get started(): Promise<void> {
    return this.running ?? Promise.resolve();
  }

  /** Health reports the process as started from now on. */
  ready(): void {
    this.isReady = true;
  }

  /**
   * Health reports the process as stopping from now on. Resolves when the start has ended: Nest's `close()` does not
   * wait for it, and what it opens after the shutdown hooks would stay open. After a second the stop goes on all the
   * same: the start may wait for a Postgres that does not answer.
   */
  async stop(): Promise<void> {
    this.stopping.abort();
    const { promise: limit, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, STOP_LIMIT_MS);
    await Promise.race([this.running?.catch(() => undefined), limit]);
    clearTimeout(timer);
  }

  /** Whether the start has come to `ready()`. Stays true while the process stops. */
  get hasStarted(): boolean {
    return this.isReady;
  }

  /** Why the process should get no requests; undefined while it should. */
  get problem(): string | undefined {
    if (this.stopping.signal.aborted) return 'stopping';
    return this.isReady ? undefined : 'waiting for Postgres';
  }

  private async run(start: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { signal } = this.stopping;
    await this.listening(signal);
    signal.throwIfAborted();
    await start(signal);
  }

  /** Resolves when the port is bound, or the process is to stop. */
  private async listening(signal: AbortSignal): Promise<void> {
    if (this.host.listening || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const subscription = this.host.listen$.subscribe(() => resolve());
    signal.addEventListener('abort', () => resolve(), { once: true });
    await promise;
    subscription.unsubscribe();
  }
}
