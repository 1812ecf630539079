import { setTimeout as delay } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import type { Config } from '#config/config';
import { ensureTopics } from '#kafka/topics';
import type { Logger } from '#telemetry/logger';

const RETRY_MS = 2_000;

/** Creates and checks the topics in the background: a gateway accepts events while Kafka is away. */
export class TopicsKeeper {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private failure: string | undefined = 'not checked yet';

  constructor(
    private readonly kafka: Kafka,
    private readonly config: Config,
    private readonly logger: Logger,
  ) {}

  /** Why the topics can't be used now, or undefined. */
  get problem(): string | undefined {
    return this.failure;
  }

  start(): void {
    this.running ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        await ensureTopics(this.kafka, this.config);
        this.failure = undefined;
        return;
      } catch (error) {
        this.failure = error instanceof Error ? error.message : String(error);
        this.logger.warn({ err: error }, 'The Kafka topics are not ready; trying again');
        await delay(RETRY_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      }
    }
  }
}
