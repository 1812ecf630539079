import { setTimeout as delay } from 'node:timers/promises';
import type { Producer } from 'kafkajs';
import { RoundBudget } from '#domain/round-budget';
import type { Logger } from '#ground/telemetry/logger';
import { relayErrors } from './relay.metrics.js';
import { fitting } from './relay-batch.js';
import { RelaySender, type Sent } from './relay-sender.js';
import { READ_BOUNDS, type RelayRow, type RelaySource } from './relay-source.js';

export interface RelayOptions<Row extends RelayRow> {
  readonly source: RelaySource<Row>;
  /** From `createRelayProducer`; the relay connects and disconnects it, and nobody else sends with it. */
  readonly producer: Producer;
  /** The shards to relay, asked before each read. Two relays with the same shard repeat records but keep their order. */
  readonly shards: () => readonly number[];
  /** Most bytes in one record batch: at most the topics' max.message.bytes. */
  readonly maxBatchBytes: number;
  readonly logger: Logger;
}

/** Between looks for rows that other processes wrote or a crash left behind: 5 ms after there was work, then slower. */
const SHORTEST_POLL_MS = 5;
const LONGEST_POLL_MS = 50;
/**
 * A round costs as much as 30 rows do. So under a load they keep a distance, to find more: 5 ms from begin to begin, which
 * 200 events a second just don't meet; and 10 ms after a round of so many rows that nobody's event is waited for alone. From
 * 500 rows on it goes on at once: there is a backlog.
 */
const ROUNDS_EVERY_MS = 5;
const ROUNDS_AHEAD = 4;
const CROWD_ROWS = 30;
const CROWD_BREATH_MS = 10;
const BACKLOG_ROWS = 500;
/** Between tries while Kafka or Postgres does not answer. */
const SHORTEST_BACKOFF_MS = 50;
const LONGEST_BACKOFF_MS = 1_000;

/**
 * Moves committed rows to Kafka: reads each shard's first ones, sends them, and removes them once acknowledged (in the
 * statement that reads the next), one send at a time. Every row is sent at least once; per shard the first appearances
 * are in order. Nothing it meets ends it: while Kafka or Postgres is away it tries again, for ever.
 */
export class Relay<Row extends RelayRow = RelayRow> {
  private readonly sender: RelaySender;
  private readonly budget = new RoundBudget(ROUNDS_EVERY_MS, ROUNDS_AHEAD);
  /** Shards that Kafka did not take rows of, and when each is tried again. */
  private readonly resting = new Map<number, { untilMs: number; backoffMs: number }>();
  /** In Kafka, and still in Postgres: they go with the next read. */
  private moved: readonly Row[] = [];
  private running: Promise<void> | undefined;
  private stopping = false;
  private connected = false;
  private nudged = false;
  private wake: (() => void) | undefined;
  private failure: string | undefined;
  /** Since when Kafka has not taken what was read for it. */
  private owedSinceMs: number | undefined;

  constructor(private readonly options: RelayOptions<Row>) {
    this.sender = new RelaySender(options.producer, options.logger);
  }

  /** Why rows are not moving now, or undefined when they are. */
  get problem(): string | undefined {
    if (this.failure !== undefined) return this.failure;
    return this.resting.size === 0 ? undefined : `Kafka does not take records of ${this.resting.size} shards`;
  }

  /**
   * For how long Kafka has not answered, in milliseconds. That nothing waits any more, since another relay has moved it,
   * is no answer; that Postgres is away is nothing to do with it.
   */
  get stuckForMs(): number {
    return this.owedSinceMs === undefined ? 0 : performance.now() - this.owedSinceMs;
  }

  start(): void {
    this.running ??= this.run();
  }

  /** There are new rows: look at once. Costs nothing; call it after every commit that wrote some. */
  nudge(): void {
    this.nudged = true;
    // During an outage new rows are no reason to knock sooner.
    if (this.failure === undefined) this.wake?.();
  }

  /** Moves what still waits, for at most `drainMs` milliseconds, and ends. What remains stays in Postgres. */
  async stop(drainMs: number): Promise<void> {
    this.stopping = true;
    this.wake?.();
    const { promise: deadline, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, drainMs);
    await Promise.race([this.running, deadline]);
    clearTimeout(timer);
    await this.options.producer.disconnect().catch(() => undefined);
  }

  private async run(): Promise<void> {
    let pollMs = SHORTEST_POLL_MS;
    let backoffMs = SHORTEST_BACKOFF_MS;
    for (;;) {
      this.nudged = false;
      const begunAtMs = performance.now();
      let hasMore: boolean;
      try {
        hasMore = await this.round();
        backoffMs = SHORTEST_BACKOFF_MS;
        if (this.owedSinceMs === undefined) this.goOn();
      } catch (error) {
        if (this.stopping) return;
        this.fail(error);
        await this.wait(backoffMs);
        backoffMs = Math.min(2 * backoffMs, LONGEST_BACKOFF_MS);
        continue;
      }
      const moved = this.moved.length;
      if (this.stopping && moved === 0) return;
      if (moved > 0) {
        // A round that only removes, or finds nothing, is none that the next event should wait for.
        this.budget.begin(begunAtMs);
        pollMs = SHORTEST_POLL_MS;
      }
      if (!this.stopping) await this.pause(moved, hasMore, pollMs);
      if (moved === 0) pollMs = Math.min(2 * pollMs, LONGEST_POLL_MS);
    }
  }

  /**
   * Removes what the last round moved, and moves the next batch; `moved` is empty afterwards when nothing waits.
   * @returns whether more was read than one send takes
   */
  private async round(): Promise<boolean> {
    const shards = this.readyShards();
    if (shards.length === 0 && this.moved.length === 0) return false;
    const read = await this.options.source.next(shards, this.moved);
    this.moved = [];
    if (read.length === 0) return false;
    const rows = fitting(read, { batch: this.options.maxBatchBytes, send: READ_BOUNDS.bytes });
    this.owedSinceMs ??= performance.now();
    if (!this.connected) {
      await this.options.producer.connect();
      this.connected = true;
    }
    const sent = await this.sender.send(rows);
    this.owedSinceMs = undefined;
    this.moved = sent.rows;
    this.rest(sent, read, shards);
    return rows.length < read.length;
  }

  private readyShards(): readonly number[] {
    const shards = this.options.shards();
    if (this.resting.size === 0) return shards;
    const nowMs = performance.now();
    for (const shard of this.resting.keys()) if (!shards.includes(shard)) this.resting.delete(shard);
    return shards.filter((shard) => (this.resting.get(shard)?.untilMs ?? 0) <= nowMs);
  }

  /** Shards that failed rest, longer each time; others that were asked don't any more, unless nothing of what waits went. */
  private rest({ rows, failedShards }: Sent<Row>, read: readonly Row[], asked: readonly number[]): void {
    if (this.resting.size === 0 && failedShards.length === 0) return;
    const nowMs = performance.now();
    const owed = new Set(read.map(({ shard }) => shard));
    for (const { shard } of rows) if (!failedShards.includes(shard)) owed.delete(shard);
    for (const shard of asked) if (!owed.has(shard)) this.resting.delete(shard);
    for (const shard of failedShards) {
      const backoffMs = Math.min(2 * (this.resting.get(shard)?.backoffMs ?? SHORTEST_BACKOFF_MS), LONGEST_BACKOFF_MS);
      this.resting.set(shard, { untilMs: nowMs + backoffMs, backoffMs });
    }
  }

  private fail(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    // A line when it starts, not one a second: an outage is long.
    if (this.failure === undefined) this.options.logger.warn({ err: error }, 'The relay can not move events; trying again until it can');
    this.failure = message;
    relayErrors.inc({ step: 'round' });
  }

  private goOn(): void {
    if (this.failure !== undefined) this.options.logger.info('The relay goes on');
    this.failure = undefined;
  }

  private async pause(moved: number, hasMore: boolean, pollMs: number): Promise<void> {
    if (moved >= BACKLOG_ROWS || (moved > 0 && hasMore)) return;
    // Nothing wakes it from this: the next look finds what comes meanwhile.
    const breathMs = moved >= CROWD_ROWS ? CROWD_BREATH_MS : this.budget.waitMs(performance.now());
    if (breathMs > 0) await delay(breathMs);
    if (!this.nudged && !this.stopping) await this.wait(pollMs);
  }

  private async wait(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.wake = resolve;
    await promise;
    clearTimeout(timer);
    this.wake = undefined;
  }
}
