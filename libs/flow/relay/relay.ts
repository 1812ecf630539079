import { setTimeout as delay } from 'node:timers/promises';
import type { Producer } from 'kafkajs';
import { Sleeper } from '#ground/polling/sleeper';
import { withinMs } from '#ground/polling/within-ms';
import type { Logger } from '#ground/telemetry/logger';
import type { Tracing } from '#ground/tracing/tracing';
import { CyclePacing, type Pause } from './cycle-pacing.js';
import { KafkaStall } from './kafka-stall.js';
import { relayErrors } from './relay.metrics.js';
import { fitting } from './relay-batch.js';
import { RelaySender } from './relay-sender.js';
import { READ_BOUNDS, type RelayRow, type RelaySource } from './relay-source.js';
import { ShardBackoff } from './shard-backoff.js';

export interface RelayOptions<Row extends RelayRow> {
  readonly source: RelaySource<Row>;
  /** From `createRelayProducer`, for this relay only, which connects and disconnects it. */
  readonly producer: Producer;
  /** The shards to relay, asked before each read. Two relays with the same shard repeat records but keep their order. */
  readonly shards: () => readonly number[];
  /** Most bytes in one record batch: at most the topics' max.message.bytes. */
  readonly maxBatchBytes: number;
  /** Default: one of its own. */
  readonly stall?: KafkaStall;
  readonly logger: Logger;
  /** Default: off. */
  readonly tracing?: Tracing;
}

/** Between attempts while Kafka or Postgres does not answer. */
const MIN_RETRY_MS = 50;
const MAX_RETRY_MS = 1_000;

/**
 * Sends committed rows to Kafka: reads each shard's first rows, sends them, and removes them once they are acknowledged
 * (in the statement that reads the next ones). One send at a time. Every row is sent at least once; per shard the first
 * appearances are in order. While Kafka or Postgres is away it retries forever.
 */
export class Relay<Row extends RelayRow = RelayRow> {
  private readonly sender: RelaySender;
  private readonly pacing = new CyclePacing();
  private readonly backoff = new ShardBackoff();
  private readonly stall: KafkaStall;
  private readonly sleeper = new Sleeper();
  /** Rows that are in Kafka, and still in Postgres: the next read removes them. */
  private sent: readonly Row[] = [];
  private running: Promise<void> | undefined;
  private isConnected = false;
  private isNudged = false;
  private isStopping = false;
  private failure: string | undefined;

  constructor(private readonly options: RelayOptions<Row>) {
    this.sender = new RelaySender(options.producer, options.logger, options.tracing);
    this.stall = options.stall ?? new KafkaStall();
  }

  /** Why rows are not sent now, or undefined if they are. */
  get problem(): string | undefined {
    if (this.failure !== undefined) return this.failure;
    return this.backoff.size === 0 ? undefined : `Kafka does not accept records of ${this.backoff.size} shards`;
  }

  start(): void {
    this.running ??= this.run();
  }

  /** There are new rows. Costs nothing; call it after every commit that wrote some. */
  nudge(): void {
    this.isNudged = true;
    // New rows are no reason to retry sooner.
    if (this.failure === undefined) this.sleeper.wake();
  }

  /** Sends the waiting rows, for at most `drainMs` milliseconds, and ends. The rest stays in Postgres. */
  async stop(drainMs: number): Promise<void> {
    this.isStopping = true;
    this.sleeper.wake();
    await withinMs(drainMs, this.running);
    await this.options.producer.disconnect().catch((error: unknown) => {
      this.options.logger.debug({ err: error }, 'The relay could not disconnect from Kafka');
    });
  }

  private async run(): Promise<void> {
    let retryMs = MIN_RETRY_MS;
    for (;;) {
      this.isNudged = false;
      const startedAtMs = performance.now();
      try {
        const hasMore = await this.cycle();
        retryMs = MIN_RETRY_MS;
        if (!this.stall.isPending) this.onRecovery();
        if (this.isStopping && this.sent.length === 0) return;
        await this.pause(this.pacing.pauseAfter({ startedAtMs, rowsSent: this.sent.length, hasMore }, performance.now()));
      } catch (error) {
        if (this.isStopping) return;
        this.onFailure(error);
        await this.sleeper.sleep(retryMs);
        retryMs = Math.min(2 * retryMs, MAX_RETRY_MS);
      }
    }
  }

  /**
   * Removes the rows that the last cycle sent, and sends the next ones. Afterwards `sent` is empty if nothing waits.
   * @returns whether more was read than fits into one send
   */
  private async cycle(): Promise<boolean> {
    const shards = this.backoff.ready(this.options.shards(), performance.now());
    if (shards.length === 0 && this.sent.length === 0) return false;
    const read = await this.options.source.next(shards, this.sent);
    this.sent = [];
    if (read.length === 0) return false;
    const rows = fitting(read, { batch: this.options.maxBatchBytes, send: READ_BOUNDS.bytes });
    this.stall.onSend(performance.now());
    if (!this.isConnected) {
      await this.options.producer.connect();
      this.isConnected = true;
    }
    const result = await this.sender.send(rows);
    this.stall.onAnswer();
    this.sent = result.rows;
    this.backoff.update({ shards, read, sent: result.rows, failedShards: result.failedShards }, performance.now());
    return rows.length < read.length;
  }

  private async pause(pause: Pause | undefined): Promise<void> {
    if (pause === undefined || this.isStopping) return;
    if (pause.batchingMs > 0) await delay(pause.batchingMs);
    if (!this.isNudged && !this.isStopping) await this.sleeper.sleep(pause.pollMs);
  }

  private onFailure(error: unknown): void {
    // One line when it starts, not one a second: an outage can be long.
    if (this.failure === undefined) this.options.logger.warn({ err: error }, 'Relay cannot send events; retrying');
    this.failure = error instanceof Error ? error.message : String(error);
    relayErrors.inc({ step: 'round' });
  }

  private onRecovery(): void {
    if (this.failure !== undefined) this.options.logger.info('Relay recovered');
    this.failure = undefined;
  }
}
