import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LockstepError } from '#domain/problem';
import { IngestLimits } from '#flow/rate-limits/ingest-limits';
import { rateLimitedError, setRateLimitHeaders } from '#flow/rate-limits/rate-limit-headers';
import type { Config } from '#ground/config/config';
import type { Principal } from '#ground/http/principal';
import { toLockstepError } from '#ground/http/problem';
import { Rejections } from '#ground/http/rejections';
import { StreamedBody } from '#ground/http/streamed-body';
import { InjectConfig, InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { BatchFeeder, type Feed } from './batch-feeder.js';
import { BatchResults, type SettleItem } from './batch-results.js';
import { Duplicates } from './duplicates.js';
import { batchItems } from './ingest.metrics.js';
import { type Accepted, type NewEvent, overloaded } from './ingest.service.js';
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
  readonly reply: FastifyReply;
  readonly readItem: ReadItem;
  readonly feed: Feed;
  readonly results: BatchResults;
  /** Duplicates of accepted events, if the principal's settings say more about them than to answer again. */
  readonly repeats: Repeat[];
  /** Set when a limit has no token left: later items are not accepted before earlier ones, so none of them asks again. */
  rateLimited: LockstepError | undefined;
  /** Items that got no token. */
  limitedItems: number;
}

interface ReadEvent {
  readonly event: NewEvent;
  readonly settle: SettleItem;
}

interface Repeat {
  readonly accepted: Accepted;
  readonly settle: SettleItem;
}

/**
 * Accepts the items of a batch while it arrives: each is stored or refused alone, in their order. At most one chunk of a
 * batch waits in memory; until then the rest of the body waits in the connection.
 */
@Injectable()
export class BatchAcceptor {
  constructor(
    private readonly feeder: BatchFeeder,
    private readonly limits: IngestLimits,
    private readonly duplicates: Duplicates,
    private readonly rejections: Rejections,
    @InjectConfig() private readonly config: Pick<Config, 'maxBodyBytes'>,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  /**
   * Answers a request, whose route has its body streamed, when every item is committed or refused. If the body is not read
   * to its end, the last result says why.
   * @throws LockstepError if no item was accepted: `overloaded`, before anything is read; the body's error; `store_unavailable`;
   * `rate_limited`, if this is every item's result
   */
  async accept(request: FastifyRequest, reply: FastifyReply, framing: Framing, readItem: ReadItem): Promise<void> {
    const { principal } = request;
    if (this.feeder.isFullFor(principal.tenant)) throw overloaded();
    const body = new StreamedBody(request, reply, MAX_BATCH_BYTES);
    const results = new BatchResults((code, detail) => this.rejections.add(principal, code, detail));
    const batch: Batch = { principal, reply, readItem, feed: this.feeder.open(principal.tenant), results, repeats: [], rateLimited: undefined, limitedItems: 0 };
    // The client repeats what it has no answer for.
    reply.raw.once('close', () => batch.feed.abandon());
    let stopped: unknown;
    try {
      await this.readItems(body, this.cutterOf(framing), batch);
    } catch (error) {
      stopped = error;
    }
    body.close();
    await batch.feed.end();
    await this.settleRepeats(batch, request.id);
    batchItems.observe(results.count);
    const { storeFailure } = batch.feed;
    // Refused or duplicate items have results that a 429 for all would hide.
    const failure = storeFailure ?? stopped ?? (batch.limitedItems === results.count ? batch.rateLimited : undefined);
    if (results.accepted === 0 && failure !== undefined) throw toLockstepError(failure);
    if (storeFailure !== undefined) this.log(storeFailure);
    if (stopped !== undefined) results.stop(this.problemOf(stopped));
    void reply.code(202).header('content-type', 'application/json; charset=utf-8').send(results.toJson());
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
    const mostItems = MAX_BATCH_ITEMS - batch.results.count;
    const read: ReadEvent[] = [];
    try {
      await this.read(items.slice(0, mostItems), batch, read);
    } finally {
      await this.give(read, batch);
    }
    if (items.length > mostItems) throw new LockstepError('payload_too_large', `A batch may have ${MAX_BATCH_ITEMS} items: send it in parts`);
  }

  /** Gives events to the group commit, as far as the principal's limits allow. */
  private async give(events: readonly ReadEvent[], batch: Batch): Promise<void> {
    const { feed, repeats, principal } = batch;
    const { duplicates, resubmit } = principal.ingest;
    const answersAgain = duplicates === 'replay' && resubmit === 'none';
    const granted = await this.grantedOf(events, batch).catch((error: unknown) => {
      const problem = toLockstepError(error);
      for (const { settle } of events) settle(problem);
      throw error;
    });
    for (const [i, { event, settle }] of events.entries()) {
      if (i >= granted && batch.rateLimited !== undefined) {
        settle(batch.rateLimited);
        batch.limitedItems++;
        continue;
      }
      feed.add(event, (outcome) => {
        if ('id' in outcome && outcome.replayed) this.rejections.noteDuplicate(principal, outcome.id);
        if (answersAgain || outcome instanceof LockstepError || !outcome.replayed) settle(outcome);
        else repeats.push({ accepted: outcome, settle });
      });
      const room = feed.room();
      if (room !== undefined) await room;
    }
  }

  /** How many of the events, from the first one on, may be accepted. */
  private async grantedOf(events: readonly ReadEvent[], batch: Batch): Promise<number> {
    const { principal, reply } = batch;
    if (principal.ingest.limits.length === 0 || events.length === 0) return events.length;
    if (batch.rateLimited !== undefined) return 0;
    const taken = await this.limits.take(principal, events.length, events.reduce((sum, { event }) => sum + event.payload.length, 0));
    setRateLimitHeaders(reply, taken);
    if (taken.granted < events.length) batch.rateLimited = rateLimitedError(taken);
    return taken.granted;
  }

  private async settleRepeats({ principal, repeats }: Batch, requestId: string): Promise<void> {
    if (repeats.length === 0) return;
    const outcomes = await this.duplicates.settleAll({ ...principal, requestId }, [...new Set(repeats.map(({ accepted }) => accepted.id))]).catch(toLockstepError);
    for (const { accepted, settle } of repeats) {
      const outcome = outcomes instanceof LockstepError ? outcomes : outcomes.get(accepted.id);
      if (outcome instanceof LockstepError) settle(outcome);
      else settle(accepted, outcome === true);
    }
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
