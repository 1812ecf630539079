import { Inject, Injectable } from '@nestjs/common';
import { Fifo } from '#domain/fifo';
import { LockstepError } from '#domain/problem';
import { toLockstepError } from '#ground/http/problem';
import { CommitSequence, NotSentError } from '#ground/postgres/group-commit';
import { batchBytesWaiting, batchItemsWaiting } from './ingest.metrics.js';
import { type Accepted, BATCH_BYTES, BATCH_ITEMS, IngestService, type NewEvent } from './ingest.service.js';

/** Items that may wait before further batches are shed: two thirds of a second of commits on two cores (bench: batch). */
const MAX_ITEMS = 16_384;
/** Bytes that wait before batches are read no further: half of the limit for all events, so that single posts have the rest. */
const MAX_BYTES = 33_554_432;
/** Batches at the same time. Each keeps an unfinished item in memory, of at most LOCKSTEP_MAX_BODY_BYTES. */
const MAX_BATCHES = 256;
/** Of both, for one tenant: slow clients, or many, leave the other half to the other tenants. */
const TENANT_SHARE = 1 / 2;

/** What became of an item. */
export type Outcome = Accepted | LockstepError;

interface Waiting {
  readonly event: NewEvent;
  readonly sequence: CommitSequence;
  readonly settle: (outcome: Outcome) => void;
}

/** The parts of IngestService that the feeder needs. */
export type BatchedIngest = Pick<IngestService, 'acceptInOrder' | 'hold' | 'isOutOfMemory'>;

/**
 * Gives the items of all batches to the group commit, one chunk at a time, so that a single post waits behind at most
 * one chunk. The batches take turns, and keep the order of their items: the next chunk starts after the last one ended.
 *
 * An item waits until its batch has a full chunk or has arrived completely, so that a batch takes as few statements as
 * possible; while memory is short, until its turn.
 */
@Injectable()
export class BatchFeeder {
  /** In the order of their turns. */
  private readonly feeds = new Set<Feed>();
  private items = 0;
  private bytes = 0;
  private isRunning = false;

  constructor(@Inject(IngestService) private readonly ingest: BatchedIngest) {}

  /** Whether a further batch would be too much, whoever sends it. */
  get isFull(): boolean {
    return this.items >= MAX_ITEMS || this.feeds.size >= MAX_BATCHES || this.ingest.isOutOfMemory;
  }

  /** Whether a further batch of this tenant would be too much. */
  isFullFor(tenant: string): boolean {
    if (this.isFull) return true;
    const feeds = [...this.feeds].filter((feed) => feed.tenant === tenant);
    return feeds.length >= MAX_BATCHES * TENANT_SHARE || feeds.reduce((sum, { unsettled }) => sum + unsettled, 0) >= MAX_ITEMS * TENANT_SHARE;
  }

  /** Whether batches should be read no further. */
  get isShortOfMemory(): boolean {
    return this.bytes >= MAX_BYTES;
  }

  /** For one batch. It must be closed. */
  open(tenant: string): Feed {
    const feed = new Feed(this, tenant);
    this.feeds.add(feed);
    return feed;
  }

  /** Called by feeds only. */
  close(feed: Feed): void {
    this.feeds.delete(feed);
  }

  /** Called by feeds only, when bytes come to wait, and with a negative number when they no longer do. */
  count(items: number, bytes: number): void {
    this.items += items;
    this.bytes += bytes;
    this.ingest.hold(bytes);
  }

  /** Called by feeds only, when fewer items wait than before. */
  onLessWaiting(): void {
    for (const feed of this.feeds) feed.onLessWaiting();
    batchItemsWaiting.set(this.items);
    batchBytesWaiting.set(this.bytes);
  }

  /** Called by feeds only, when one of them has more to give. */
  nudge(): void {
    if (!this.isRunning) void this.run();
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    // One turn of the event loop: batches that were read from sockets in the same turn share the first chunk.
    await new Promise((resolve) => setImmediate(resolve));
    for (let chunk = this.nextChunk(); chunk.length > 0; chunk = this.nextChunk()) {
      await Promise.all(chunk.map(async ({ event, sequence, settle }) => {
        settle(await this.ingest.acceptInOrder(event, sequence).catch(failureOf));
      }));
      this.onLessWaiting();
    }
    this.isRunning = false;
  }

  private nextChunk(): Waiting[] {
    const chunk = new Chunk();
    const { isShortOfMemory } = this;
    for (const feed of [...this.feeds]) {
      if (!feed.isReady && !isShortOfMemory) continue;
      if (chunk.isFull) break;
      feed.moveInto(chunk);
      // Its turn is over.
      this.feeds.delete(feed);
      this.feeds.add(feed);
    }
    return chunk.items;
  }
}

/** The items of one statement, or of two if single posts wait before them. */
class Chunk {
  readonly items: Waiting[] = [];
  private bytes = 0;

  get isFull(): boolean {
    return this.items.length === BATCH_ITEMS || this.bytes >= BATCH_BYTES;
  }

  /** False if there is no room for it. */
  add(item: Waiting): boolean {
    const { length } = item.event.payload;
    if (this.isFull || (this.items.length > 0 && this.bytes + length > BATCH_BYTES)) return false;
    this.bytes += length;
    this.items.push(item);
    return true;
  }
}

/** The items of one batch that wait for their commit, in their order. */
export class Feed {
  private readonly waiting = new Fifo<Waiting>();
  private readonly sequence = new CommitSequence();
  private waitingBytes = 0;
  private open = 0;
  private hasEnded = false;
  private isAbandoned = false;
  private failure: LockstepError | undefined;
  /** Ends the wait of `room` or `end`. */
  private wake: (() => void) | undefined;

  constructor(private readonly feeder: BatchFeeder, readonly tenant: string) {}

  /** Items without an outcome. */
  get unsettled(): number {
    return this.open;
  }

  /** Why the last items were not stored, or may not be, if the event store failed. */
  get storeFailure(): LockstepError | undefined {
    return this.failure;
  }

  /** Whether its items need not wait for more of the batch. */
  get isReady(): boolean {
    return this.hasEnded || this.hasFullChunk;
  }

  private get hasFullChunk(): boolean {
    return this.waiting.size >= BATCH_ITEMS || this.waitingBytes >= BATCH_BYTES;
  }

  /** Adds an item. `settle` is called once, with what became of it; never, if the feed is abandoned before. */
  add(event: NewEvent, settle: (outcome: Outcome) => void): void {
    if (this.isAbandoned) return;
    if (this.failure !== undefined) return settle(notTried(this.failure));
    const { length } = event.payload;
    this.open++;
    this.waitingBytes += length;
    this.feeder.count(1, length);
    this.waiting.push({
      event,
      sequence: this.sequence,
      settle: (outcome) => {
        this.forget(length);
        if (outcome instanceof LockstepError && outcome.status >= 500) this.failure ??= outcome;
        settle(outcome);
      },
    });
  }

  /** Resolves when more of the batch should be read; undefined if it should be now. */
  room(): Promise<void> | undefined {
    if (!this.hasFullChunk && !this.feeder.isShortOfMemory) return undefined;
    this.feeder.nudge();
    return this.until(() => !this.hasFullChunk && !this.feeder.isShortOfMemory);
  }

  /** Resolves when every item has its outcome. */
  async end(): Promise<void> {
    this.hasEnded = true;
    this.feeder.nudge();
    await this.until(() => this.open === 0);
    this.feeder.close(this);
  }

  /** Drops the items that no statement has yet, and all later ones: nobody waits for their outcomes. */
  abandon(): void {
    this.isAbandoned = true;
    if (this.waiting.size === 0) return;
    for (let item = this.waiting.shift(); item !== undefined; item = this.waiting.shift()) this.forget(item.event.payload.length);
    this.waitingBytes = 0;
    this.feeder.onLessWaiting();
  }

  /** Called by the feeder only. */
  moveInto(chunk: Chunk): void {
    for (let item = this.waiting.next; item !== undefined && chunk.add(item); item = this.waiting.next) {
      this.waiting.shift();
      this.waitingBytes -= item.event.payload.length;
    }
  }

  /** Called by the feeder only. */
  onLessWaiting(): void {
    if (this.failure !== undefined) this.dropWaiting(this.failure);
    this.wake?.();
  }

  private forget(bytes: number): void {
    this.open--;
    this.feeder.count(-1, -bytes);
  }

  /** The next statement would only wait for the same store. */
  private dropWaiting(failure: LockstepError): void {
    for (let item = this.waiting.shift(); item !== undefined; item = this.waiting.shift()) item.settle(notTried(failure));
    this.waitingBytes = 0;
  }

  private async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.wake = resolve;
      await promise;
    }
  }
}

function failureOf(error: unknown): LockstepError {
  if (error instanceof NotSentError) return notTried(toLockstepError(error.cause));
  const failure = toLockstepError(error);
  if (failure.status < 500) return failure;
  const message = 'The event store did not confirm this event, and may have stored it: send it again, with the same idempotency key if it has one';
  return new LockstepError(failure.code, message, { cause: failure.cause ?? failure, retryAfterSeconds: 1 });
}

function notTried({ code }: LockstepError): LockstepError {
  return new LockstepError(code, 'This event was not tried, because the event store had failed for one before it: send it again');
}
