import { Poll } from '#ground/polling/poll';
import { withinMs } from '#ground/polling/within-ms';
import { StartError } from '#ground/process/start-error';
import type { Logger } from '#ground/telemetry/logger';
import type { TopicsReport } from './ensure-topics.js';

const RETRY_MS = 2_000;
/** A check under way delays the process's end by at most this; Kafka's late answer is of no use. */
const STOP_LIMIT_MS = 1_000;
/** How soon a Kafka that comes back empty has its topics again. */
const CHECK_MS = 5_000;

export interface TopicsKeeperOptions {
  /** Creates missing topics and checks existing ones. */
  readonly ensure: () => Promise<TopicsReport>;
  readonly logger: Logger;
  /** The topics are unsuitable, and were never usable: the process must end. */
  readonly onRefused: (error: StartError) => void;
}

/**
 * Creates and checks the topics in the background, every few seconds: a gateway accepts events without Kafka, and Kafka may
 * come back without its topics.
 *
 * What waiting does not change (a topic's number of partitions, its size limit) ends the process, as long as the topics have
 * not been usable. After that it shows in `problem` and in the log, and does not end a process that works.
 */
export class TopicsKeeper {
  private readonly poll: Poll;
  private readonly usable = Promise.withResolvers<void>();
  private wereUsable = false;
  private failure: string | undefined = 'not checked yet';
  private warned: readonly string[] = [];

  constructor(private readonly options: TopicsKeeperOptions) {
    this.poll = new Poll({
      work: async () => this.succeeded(await options.ensure()),
      intervalMs: CHECK_MS,
      retryMs: RETRY_MS,
      onError: (error) => this.failed(error),
    });
  }

  /** Why the topics can't be used now, or undefined. */
  get problem(): string | undefined {
    return this.failure;
  }

  /** What is wrong with topics that can be used, or undefined. */
  get warning(): string | undefined {
    return this.failure === undefined && this.warned.length > 0 ? this.warned.join('\n') : undefined;
  }

  start(): void {
    this.poll.start();
  }

  /** Resolves when the topics have become usable, or at `stop`. */
  ready(): Promise<void> {
    return this.usable.promise;
  }

  /** Resolves when the check under way has ended, or after a second: the check may wait for a Kafka that is away. */
  async stop(): Promise<void> {
    this.usable.resolve();
    await withinMs(STOP_LIMIT_MS, this.poll.stop());
  }

  private succeeded({ created, raised, warnings, unreplicated, unreadable }: TopicsReport): void {
    const { logger } = this.options;
    if (raised.length > 0) logger.warn({ topics: raised }, 'Raised max.message.bytes of topics: their limit was below what LOCKSTEP_MAX_BODY_BYTES needs');
    if (unreadable !== undefined && !this.wereUsable) logger.warn({ reason: unreadable }, 'Topic settings are not checked: Kafka does not allow DescribeConfigs');
    for (const warning of warnings.filter((each) => !this.warned.includes(each))) logger.warn({ warning }, 'A topic has a setting that Lockstep does not expect');
    this.warned = warnings;
    if (unreplicated.length > 0 && !this.wereUsable) logger.info({ topics: unreplicated }, 'Topics have one replica: their records are lost with its broker, and events then come from Postgres');
    if (this.failure !== undefined || created.length > 0) logger.info({ created }, 'Kafka topics are ready');
    this.failure = undefined;
    this.wereUsable = true;
    this.usable.resolve();
  }

  private failed(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    // Once when a problem starts, not every two seconds: an outage may last hours.
    if (message === this.failure) return;
    this.failure = message;
    if (error instanceof StartError && !error.retriable && !this.wereUsable) return this.options.onRefused(error);
    this.options.logger.warn({ err: error }, 'Kafka topics are not ready; retrying');
  }
}
