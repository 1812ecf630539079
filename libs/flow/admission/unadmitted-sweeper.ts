import { Inject, Injectable } from '@nestjs/common';
import { type LogEnds, LogEndsReader } from '#ground/kafka/log-ends';
import { Poll } from '#ground/polling/poll';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { LogRepairer } from './log-repairer.js';
import { type OpenLog, OpenLogs } from './open-logs.js';
import { StoredEventAdmitter } from './stored-event-admitter.js';
import { type Sweep, UnadmittedRepository } from './unadmitted.repository.js';

/** Costs one request to Kafka and two small statements a shard, for what should never be needed. */
const INTERVAL_MS = 10_000;
/** 5,000 look-ups by key take some 50 ms, in which other statements of the connection wait. */
const PAGE = 5_000;
/** Pages of a shard in one round, so that the first sweep of a long history does not hold up the other shards. */
const MAX_PAGES = 20;

/** Events that are not admitted, and that the log has if it has not lost them. */
interface Suspicion {
  readonly found: Sweep;
  /** The log's opening then: under another opening it may be another log. */
  readonly openings: number;
  /** Where the log ended after they had left the outbox: once it is read so far, they are admitted or lost. */
  logEnd: number | undefined;
}

/**
 * Finds events that left the outbox, are not in Kafka, and were not admitted, and admits them from Postgres. Events that
 * are late, such as those that the relay sends after an outage, are left to the log. Each event is looked at once.
 *
 * It also asks Kafka how far the log reaches. A shard without new records would otherwise not know that it has read
 * everything, or that its topic was created again.
 */
@Injectable()
export class UnadmittedSweeper {
  private readonly poll: Poll;
  private readonly suspicions = new WeakMap<OpenLog, Suspicion>();
  private stopped = false;

  constructor(
    private readonly unadmitted: UnadmittedRepository,
    private readonly stored: StoredEventAdmitter,
    private readonly repairer: LogRepairer,
    @Inject(OpenLogs) private readonly logs: Pick<OpenLogs, 'readable'>,
    @Inject(LogEndsReader) private readonly logEnds: Pick<LogEndsReader, 'read'>,
    @InjectLogger() private readonly logger: Logger,
  ) {
    this.poll = new Poll({
      intervalMs: INTERVAL_MS,
      work: () => this.sweep(),
      onError: (error) => logger.error({ err: error }, 'Cannot sweep unadmitted events; trying again'),
    });
  }

  start(): void {
    this.poll.start(INTERVAL_MS);
  }

  /** Resolves when the sweep under way has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.poll.stop();
  }

  /** Looks at all shards that are owned here, and again while lost events are found and there may be more. Never rejects. */
  async sweep(): Promise<void> {
    while ((await this.sweepOnce()) && !this.stopped);
  }

  /** @returns whether there is more to be found at once */
  private async sweepOnce(): Promise<boolean> {
    // Postgres first: events that have left the outbox by then lie before the end that Kafka reports afterwards.
    for (const open of this.logs.readable()) await this.guard(open, () => this.look(open));
    const ends = await this.compareLogEnds().catch((error: unknown) => {
      this.logger.debug({ err: error }, 'Kafka does not say how far the log reaches; trying again');
      return undefined;
    });
    let more = false;
    for (const open of this.logs.readable()) more = (await this.guard(open, () => this.judge(open, ends?.get(open.lanes.shard)?.end))) === true || more;
    return more;
  }

  private guard<T>({ lanes }: OpenLog, work: () => Promise<T>): Promise<T | undefined> {
    return work().catch((error: unknown) => {
      this.logger.warn({ err: error, shard: lanes.shard }, 'Cannot sweep a shard; trying again');
      return undefined;
    });
  }

  private async compareLogEnds(): Promise<ReadonlyMap<number, LogEnds> | undefined> {
    const before = this.logs.readable().map((open) => ({ open, nextOffset: open.log.position.nextOffset, opening: open.log.openings }));
    if (before.length === 0) return undefined;
    const askedAtMs = performance.now();
    const ends = await this.logEnds.read();
    const caughtUp: OpenLog[] = [];
    for (const { open, nextOffset, opening } of before) {
      const end = ends.get(open.lanes.shard);
      if (end === undefined || !open.log.isCurrent(opening)) continue;
      // A log of which nothing is fetched would otherwise seem to be read up to its end.
      open.log.noteEnd(opening, end.end);
      // A log never gets shorter, and where it was read before it was asked about cannot lie before its start unless
      // records were dropped unread.
      if (end.end < nextOffset) void this.repairer.repairOtherLog(open);
      else if (end.start > open.log.position.nextOffset) void this.repairer.repairGap(open, end.start);
      else if (open.log.hasReadUpTo(end.end)) caughtUp.push(open);
    }
    if (caughtUp.length > 0) {
      const shards = caughtUp.map(({ lanes: { shard, lease } }) => ({ shard, epoch: lease.epoch }));
      await this.unadmitted.noteCaughtUp(shards, performance.now() - askedAtMs);
    }
    return ends;
  }

  /** Passes what is admitted, up to the first page on which something is missing. */
  private async look(open: OpenLog): Promise<void> {
    const { lanes, log: { openings } } = open;
    const former = this.suspicions.get(open);
    if (former?.openings === openings) return;
    for (let page = 0; page < MAX_PAGES && !lanes.lease.isLost && !this.stopped; page++) {
      const found = await this.unadmitted.sweep(lanes.shard, PAGE);
      if (found === undefined) return;
      if (found.missing.length > 0) {
        this.suspicions.set(open, { found, openings, logEnd: undefined });
        return;
      }
      if (found.sweptSeq >= (former?.found.sweptSeq ?? 0)) {
        // What a sweep of an earlier opening admitted without an answer is committed: nothing is missing.
        this.suspicions.delete(open);
        lanes.coverage.onOutcomeKnown('sweep');
      }
      await this.pass(open, found.sweptSeq);
      if (!found.more) return;
    }
  }

  /**
   * Admits what is still missing after the log was read as far as it reached when that had left the outbox.
   * @returns whether there is more to look at
   */
  private async judge(open: OpenLog, logEnd: number | undefined): Promise<boolean> {
    const { lanes, log } = open;
    const suspicion = this.suspicions.get(open);
    if (suspicion?.openings !== log.openings) return false;
    suspicion.logEnd ??= logEnd;
    if (suspicion.logEnd === undefined || !log.hasReadUpTo(suspicion.logEnd)) return false;
    const { missing, sweptSeq, more } = suspicion.found;
    const again = await this.unadmitted.sweep(lanes.shard, PAGE);
    // Less than before: the database's clock was set back.
    if (again === undefined || again.sweptSeq < sweptSeq) return false;
    const still = new Set(again.missing);
    const lost = missing.filter((id) => still.has(id));
    if (lost.length > 0) {
      const repaired = await this.stored.admit(lanes, 'sweep', lost);
      this.logger.error({ shard: lanes.shard, events: repaired, found: lost.length, first: lost[0] }, 'Events were passed over: they are admitted from Postgres');
    }
    // Each of the events is admitted now.
    lanes.coverage.onOutcomeKnown('sweep');
    await this.pass(open, sweptSeq);
    this.suspicions.delete(open);
    return more;
  }

  private async pass({ lanes }: OpenLog, sweptSeq: number): Promise<void> {
    if (!lanes.lease.isLost) await this.unadmitted.moveSweep({ shard: lanes.shard, epoch: lanes.lease.epoch }, sweptSeq);
  }
}
