import { KafkaJSProtocolError } from '#ground/kafka/client';
import { Poll } from '#ground/polling/poll';
import type { Logger } from '#ground/telemetry/logger';
import type { AssignedPartitions } from './assigned-partitions.js';
import { isUnknownTopic, type ReachedTopic, TopicReplacedError } from './source-topic.js';

export interface TopicWatchOptions {
  readonly topic: ReachedTopic;
  readonly partitions: AssignedPartitions;
  readonly logger: Logger;
  /** The cluster has answered: the topic is still the same, and the partitions know where their logs start and end. */
  readonly onLooked: () => void;
  /** The topic cannot be read any more. */
  readonly onLost: (error: unknown) => void;
}

const WATCH_MS = 5_000;

/** Looks at a session's topic every five seconds, also while nothing is fetched: whether it is the same, and where its logs are. */
export class TopicWatch {
  private readonly poll: Poll;

  constructor(private readonly options: TopicWatchOptions) {
    this.poll = new Poll({ work: () => this.look(), intervalMs: WATCH_MS, onError: (error) => this.onError(error) });
  }

  start(): void {
    this.poll.start(WATCH_MS);
  }

  stop(): Promise<void> {
    return this.poll.stop();
  }

  private async look(): Promise<void> {
    const { topic, partitions, onLooked } = this.options;
    await topic.confirm(performance.now());
    partitions.onEnds(await topic.ends());
    onLooked();
  }

  /** While brokers are away, the consumer decides how long to wait for them. */
  private onError(error: unknown): void {
    const { logger, onLost } = this.options;
    if (error instanceof TopicReplacedError || (error instanceof KafkaJSProtocolError && !error.retriable) || isUnknownTopic(error)) onLost(error);
    else logger.debug({ err: error }, "A source's topic could not be looked at; retrying");
  }
}
