import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { withinMs } from '#ground/polling/within-ms';

/** A stop waits this long for a start under way. */
const STOP_LIMIT_MS = 1_000;

/**
 * The state of the process: starting, ready or stopping. An app's lifecycle class starts it here in the background,
 * because Nest binds the port after all bootstrap hooks, and health must answer while the process waits for Postgres.
 */
@Injectable()
export class Lifetime {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private isReady = false;

  constructor(private readonly host: HttpAdapterHost) {}

  /**
   * Runs `start` once the port is bound, so that a process whose port is taken changes nothing. A stop aborts the signal.
   */
  begin(start: (signal: AbortSignal) => Promise<void>): void {
    this.running = this.run(start);
    // `started` reports the error.
    this.running.catch(() => undefined);
  }

  /** Resolves when the start has ended. @throws its error; an AbortError after a stop */
  get started(): Promise<void> {
    return this.running ?? Promise.resolve();
  }

  /** From now on health reports the process as started. */
  ready(): void {
    this.isReady = true;
  }

  /**
   * From now on health reports the process as stopping. Resolves when the start has ended: Nest's `close()` does not
   * wait for it, and the start must not open anything after the shutdown hooks. Resolves after a second at the latest,
   * because the start may wait for a Postgres that does not answer.
   */
  async stop(): Promise<void> {
    this.stopping.abort();
    await withinMs(STOP_LIMIT_MS, (this.running ?? Promise.resolve()).catch(() => undefined));
  }

  /** Whether the start has come to `ready()`. Stays true while the process stops. */
  get hasStarted(): boolean {
    return this.isReady;
  }

  /** Why the process should get no requests, or undefined if it should. */
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

  /** Resolves when the port is bound, or at a stop. */
  private async listening(signal: AbortSignal): Promise<void> {
    if (this.host.listening || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const subscription = this.host.listen$.subscribe(() => resolve());
    signal.addEventListener('abort', () => resolve(), { once: true });
    await promise;
    subscription.unsubscribe();
  }
}
