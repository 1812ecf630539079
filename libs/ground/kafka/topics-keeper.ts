import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '#ground/telemetry/logger';

const RETRY_MS = 2_000;
/** How long a check under way may hold up the end of the process: what Kafka still answers then is of no use. */
const STOP_LIMIT_MS = 1_000;
/** A Kafka that comes back empty has its topics again after this. */
const CHECK_MS = 5_000;

/**
 * Creates and checks the topics in the background, again and again: a gateway accepts events while Kafka is away, and
 * a Kafka may come back without its topics.
 */
export class TopicsKeeper {
  private readonly stopping = new AbortController();
  private readonly first = Promise.withResolvers<void>();
  private running: Promise<void> | undefined;
  private failure: string | undefined = 'not checked yet';

  /** @param ensure creates what is missing and checks what is there */
  constructor(
    private readonly ensure: () => Promise<void>,
    private readonly logger: Logger,
  ) {}

  /** Why the topics can't be used now, or undefined. */
  get problem(): string | undefined {
    return this.failure;
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Resolves when the topics could be used for the first time, or at the end. */
  async ready(signal: AbortSignal): Promise<void> {
    if (!signal.aborted) await this.first.promise;
  }

  /** Resolves when the check under way has ended, or after a second: it may wait for a Kafka that is away. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.first.resolve();
    const { promise: limit, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, STOP_LIMIT_MS);
    await Promise.race([this.running, limit]);
    clearTimeout(timer);
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.check();
      await delay(this.failure === undefined ? CHECK_MS : RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private async check(): Promise<void> {
    try {
      await this.ensure();
      if (this.failure !== undefined) this.logger.info('The Kafka topics are ready');
      this.failure = undefined;
      this.first.resolve();
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      // A line when it starts, not one every two seconds: an outage is long.
      if (message !== this.failure) this.logger.warn({ err: error }, 'The Kafka topics are not ready; trying again');
      this.failure = message;
    }
  }
}
