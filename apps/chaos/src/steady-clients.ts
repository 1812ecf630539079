import { setTimeout as delay } from 'node:timers/promises';
import type { EventClient } from './event-client.js';
import type { PostedEvent } from './history.js';
import type { LoadOptions } from './scenario.js';

/** Runs one client for each entity, which posts one event after the other until `stop`. Can be started again. */
export class SteadyClients {
  readonly posted: PostedEvent[] = [];
  private clients: Promise<void>[] = [];
  private stopping = new AbortController();
  private serial = 0;
  private failure: Error | undefined;

  constructor(
    private readonly client: EventClient,
    private readonly signal: AbortSignal,
  ) {}

  start({ entities, intervalMs }: LoadOptions): void {
    this.stopping = new AbortController();
    const { signal } = this.stopping;
    this.clients = Array.from({ length: entities }, (_, entity) => this.postAll(entity, intervalMs, signal).catch((error: unknown) => this.fail(error)));
  }

  /** Resolves when no post is open. @throws UnexpectedAnswer */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.clients);
    if (this.failure !== undefined) throw this.failure;
  }

  private fail(error: unknown): void {
    this.failure ??= error instanceof Error ? error : new Error(String(error));
  }

  private async postAll(entity: number, intervalMs: number, stopping: AbortSignal): Promise<void> {
    while (!stopping.aborted && !this.signal.aborted) {
      const n = (this.serial += 1);
      this.posted.push(await this.client.post(`entity-${entity}`, `entity-${entity}/${n}`, n, this.signal));
      await delay(intervalMs, undefined, { signal: stopping }).catch(() => undefined);
    }
  }
}
