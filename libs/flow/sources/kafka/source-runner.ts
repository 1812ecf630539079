import { setTimeout as delay } from 'node:timers/promises';
import { isObject } from '#ground/json-schema/json';
import type { Logger } from '#ground/telemetry/logger';
import { type KafkaSource, SourceChangedError } from './kafka-source.js';
import type { ReaderState, SourceReport } from './source-report.js';
import type { SourceSession, SourceSessionOptions } from './source-session.js';
import { isUnknownTopic, TopicReplacedError } from './source-topic.js';

/** Between attempts, each time twice as long. */
const MIN_RETRY_MS = 500;
const MAX_RETRY_MS = 15_000;

/** Reads one source until it is stopped, because the source has changed or the process ends. After a failure it opens a new session. */
export class SourceRunner {
  private readonly stopping = new AbortController();
  private state: ReaderState = 'connecting';
  private failure: string | undefined;
  private retryMs = MIN_RETRY_MS;
  private session: SourceSession | undefined;
  /** Ends the wait for a session that is being opened. */
  private giveUp: (() => void) | undefined;
  private running: Promise<void> = Promise.resolve();

  /** @param open connects to the source's cluster */
  constructor(
    readonly source: KafkaSource,
    private readonly open: (source: KafkaSource, on: Pick<SourceSessionOptions, 'onReading' | 'onSteady'>) => Promise<SourceSession>,
    private readonly logger: Logger,
  ) {}

  /** @param after an earlier runner of the source has ended */
  start(after: Promise<void>): void {
    this.running = after.then(() => this.run());
  }

  /** Resolves when nothing is read any more. A session that is still being opened is not awaited: it never reads. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.giveUp?.();
    this.session?.stop();
    await this.running;
  }

  get isFailing(): boolean {
    return this.state === 'failing';
  }

  report(): SourceReport {
    return { source: this.source.id, state: this.state, detail: this.failure, partitions: this.session?.report() ?? [] };
  }

  private async run(): Promise<void> {
    while (!this.isStopping) {
      try {
        await this.openSession();
        await this.session?.run();
      } catch (error) {
        // `stop` comes soon, and another runner with the source as it is now, if it is still to be read.
        if (error instanceof SourceChangedError) return;
        if (!this.isStopping) await this.onFailure(error);
      } finally {
        this.session = undefined;
      }
    }
  }

  /** Opens a session, unless `stop` comes first: a broker may take connections and answer nothing for a long time. */
  private async openSession(): Promise<void> {
    const { promise: givenUp, resolve } = Promise.withResolvers<undefined>();
    this.giveUp = () => resolve(undefined);
    const opening = this.open(this.source, { onReading: () => this.onReading(), onSteady: () => this.onSteady() });
    this.session = await Promise.race([opening, givenUp]);
    if (this.isStopping) {
      this.session = undefined;
      opening.then((late) => late.close()).catch((err: unknown) => this.logger.debug({ err, source: this.source.publicId }, 'A source that is stopped could not be opened and closed'));
    }
  }

  private get isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  /** What failed may fail again at once. */
  private onReading(): void {
    if (this.failure === undefined) this.state = 'reading';
  }

  private onSteady(): void {
    if (this.failure !== undefined) this.logger.info({ source: this.source.publicId }, 'A source is read again');
    [this.state, this.failure, this.retryMs] = ['reading', undefined, MIN_RETRY_MS];
  }

  private async onFailure(error: unknown): Promise<void> {
    if (error instanceof TopicReplacedError) return;
    const failure = messageOf(error, this.source);
    // One line when it starts or changes, not one for each attempt.
    if (failure !== this.failure) this.logger.warn({ err: error, source: this.source.publicId }, 'A source cannot be read; retrying');
    [this.state, this.failure] = ['failing', failure];
    await delay(this.retryMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    this.retryMs = Math.min(2 * this.retryMs, MAX_RETRY_MS);
  }
}

/** What an operator needs to know, with what kafkajs has wrapped. */
function messageOf(error: unknown, source: KafkaSource): string {
  if (isUnknownTopic(error)) return `The cluster has no topic ${topicOf(source)}, or its user may not describe it: create it, or grant Describe`;
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? messageOf(error.cause, source) : '';
  return cause === '' || error.message.includes(cause) ? error.message : `${error.message}: ${cause}`;
}

function topicOf({ settings }: KafkaSource): string {
  return isObject(settings) ? String(settings['topic']) : '';
}
