import { Injectable } from '@nestjs/common';
import { LockstepError } from '#domain/problem';
import type { Config } from '#ground/config/config';
import type { Principal } from '#ground/http/principal';
import { toLockstepError } from '#ground/http/problem';
import type { StreamedBody } from '#ground/http/streamed-body';
import { InjectConfig, InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { BatchFeeder, type Feed, type Outcome } from './batch-feeder.js';
import { BatchResults } from './batch-results.js';
import { batchItems } from './ingest.metrics.js';
import { type NewEvent, overloaded } from './ingest.service.js';
import type { BatchItem, ItemCutter } from './item-bytes.js';
import { JsonArrayItems } from './json-array-items.js';
import { LineItems } from './line-items.js';

export const MAX_BATCH_ITEMS = 1_000;
export const MAX_BATCH_BYTES = 5_242_880;

/** How a body holds its items: as a JSON array, or one on each line. */
export type Framing = 'array' | 'lines';

/**
 * Reads and checks one item. Returns no promise if it need not wait.
 * @throws LockstepError the item's result; from status 500 on, it stops the batch
 */
export type ReadItem = (payload: Buffer, principal: Principal) => NewEvent | Promise<NewEvent>;

/** A batch while it is read. */
interface Batch {
  readonly principal: Principal;
  readonly readItem: ReadItem;
  readonly feed: Feed;
  readonly results: BatchResults;
}

interface ReadEvent {
  readonly event: NewEvent;
  readonly settle: (outcome: Outcome) => void;
}

/**
 * Accepts the items of a batch while it arrives: each is stored or refused alone, in their order. At most one chunk of a
 * batch waits in memory; until then the rest of the body waits in the connection.
 */
@Injectable()
export class BatchAcceptor {
  constructor(
    private readonly feeder: BatchFeeder,
    @InjectConfig() private readonly config: Pick<Config, 'maxBodyBytes'>,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  /**
   * Resolves with the answer in JSON, `{"results":[…]}`, when every item is committed or refused. If the body is not read to
   * its end, the last result says why.
   * @throws LockstepError if no item was accepted: `overloaded`, before anything is read; the body's error; `store_unavailable`
   */
  async accept(principal: Principal, body: StreamedBody, framing: Framing, readItem: ReadItem): Promise<string> {
    if (this.feeder.isFull) throw overloaded();
    const [feed, results] = [this.feeder.open(), new BatchResults()];
    let stopped: unknown;
    try {
      await this.readItems(body, this.cutterOf(framing), { principal, readItem, feed, results });
    } catch (error) {
      stopped = error;
    }
    body.close();
    await feed.end();
    batchItems.observe(results.count);
    if (results.accepted === 0 && (feed.storeFailure ?? stopped) !== undefined) throw feed.storeFailure ?? stopped;
    if (feed.storeFailure !== undefined) this.log(feed.storeFailure);
    if (stopped !== undefined) results.stop(this.problemOf(stopped));
    return results.toJson();
  }

  private cutterOf(framing: Framing): ItemCutter {
    const { maxBodyBytes } = this.config;
    return framing === 'array' ? new JsonArrayItems(maxBodyBytes) : new LineItems(maxBodyBytes);
  }

  private async readItems(body: StreamedBody, cutter: ItemCutter, batch: Batch): Promise<void> {
    for (;;) {
      const bytes = await body.read();
      const items: BatchItem[] = [];
      try {
        if (bytes === undefined) return cutter.end(items);
        cutter.cut(bytes, items);
      } finally {
        // Also of those before an error.
        await this.take(items, batch);
      }
    }
  }

  /** Takes the items that have arrived together. */
  private async take(items: readonly BatchItem[], batch: Batch): Promise<void> {
    const { feed, results } = batch;
    const mostItems = MAX_BATCH_ITEMS - results.count;
    const read: ReadEvent[] = [];
    try {
      await this.read(items.slice(0, mostItems), batch, read);
    } finally {
      for (const { event, settle } of read) {
        feed.add(event, settle);
        const room = feed.room();
        if (room !== undefined) await room;
      }
    }
    if (items.length > mostItems) throw new LockstepError('payload_too_large', `A batch may have ${MAX_BATCH_ITEMS} items: send it in parts`);
  }

  /** Appends the events among the items, and gives the other items their results. */
  private async read(items: readonly BatchItem[], { principal, readItem, results }: Batch, events: ReadEvent[]): Promise<void> {
    for (const item of items) {
      const settle = results.open();
      try {
        if (item instanceof LockstepError) throw item;
        const event = readItem(item, principal);
        events.push({ event: event instanceof Promise ? await event : event, settle });
      } catch (error) {
        const problem = toLockstepError(error);
        settle(problem);
        // The next item would fail in the same way.
        if (problem.status >= 500) throw error;
      }
    }
  }

  private problemOf(error: unknown): LockstepError {
    const problem = toLockstepError(error);
    if (problem.status >= 500) this.log(problem);
    return problem;
  }

  /** As ProblemFilter does for whole requests. */
  private log(problem: LockstepError): void {
    this.logger[problem.code === 'internal' ? 'error' : 'warn']({ err: problem.cause ?? problem, code: problem.code }, 'A batch was accepted in part');
  }
}
