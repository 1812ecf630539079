import type { Sweep, UnadmittedRepository } from './unadmitted.repository.js';
import type { LogEnds } from '#ground/kafka/log-ends';
import { Poll } from '#ground/polling/poll';
import type { Logger } from '#ground/telemetry/logger';
import type { LogRepairer } from './log-repairer.js';
import type { OwnedShard } from '#flow/shards/owned-shard';
import type { ShardAdmitter } from './shard-admitter.js';
import type { ShardSupervisor } from '#flow/shards/shard-supervisor';

export interface UnadmittedSweeperOptions {
  readonly unadmitted: UnadmittedRepository;
  readonly admitter: ShardAdmitter;
  readonly repairer: LogRepairer;
  readonly supervisor: ShardSupervisor;
  /** How far the partitions of `events` reach. */
  readonly logEnds: () => Promise<ReadonlyMap<number, LogEnds>>;
  readonly logger: Logger;
}

/** One question to Kafka and two small statements a shard: not noticeable, and soon enough for what should never be needed. */
const INTERVAL_MS = 10_000;
/** 5,000 look-ups by key, some 50 ms: others of the connection wait no longer for it. */
const PAGE = 5_000;
/** Pages of a shard in one round, so that a long history, at its first sweep, doesn't hold up the other shards. */
const MAX_PAGES = 20;

/** Events that are not admitted, and that the log has if it has not lost them. */
interface Suspicion {
  readonly found: Sweep;
  /** The shard's openings then: of another opening the log may be another. */
  readonly openings: number;
  /** Where the log ended after they had left the outbox: once it is read so far, they are admitted or lost. */
  logEnd: number | undefined;
}

/**
 * Nothing stays stuck: finds events that were accepted, are not in Kafka though they were sent there, and yet were not
 * admitted, and admits them from Postgres. What merely takes its time, like all that the relay sends after an outage, is
 * left to the log. Every event is looked at once; what the sweep has passed it never reads again.
 *
 * It also asks how far the log reaches. A shard on which nothing arrives would otherwise not know that it has read all
 * there is, or that the log it waits on is not the one that it has read.
 */
export class UnadmittedSweeper {
  private readonly poll: Poll;
  private readonly suspicions = new WeakMap<OwnedShard, Suspicion>();
  private stopped = false;

  constructor(private readonly options: UnadmittedSweeperOptions) {
    this.poll = new Poll({
      intervalMs: INTERVAL_MS,
      work: () => this.sweep(),
      onError: (error) => options.logger.error({ err: error }, 'The sweep failed; trying again'),
    });
  }

  start(): void {
    this.poll.start(INTERVAL_MS);
  }

  /** Resolves when what is under way has ended. */
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
    // Postgres first: what had left the outbox then lies before the end of which Kafka tells after it.
    for (const owned of this.readable()) await this.guard(owned, () => this.look(owned));
    const ends = await this.compareLogEnds().catch((error: unknown) => {
      this.options.logger.debug({ err: error }, 'How far the log reaches could not be found out; trying again');
      return undefined;
    });
    let more = false;
    for (const owned of this.readable()) more = (await this.guard(owned, () => this.judge(owned, ends?.get(owned.lanes.shard)?.end))) === true || more;
    return more;
  }

  private guard<T>(owned: OwnedShard, work: () => Promise<T>): Promise<T | undefined> {
    return work().catch((error: unknown) => {
      this.options.logger.warn({ err: error, shard: owned.lanes.shard }, 'A shard could not be swept; trying again');
      return undefined;
    });
  }

  private readable(): OwnedShard[] {
    return [...this.options.supervisor.all()].filter(({ lanes, repairing }) => !repairing && this.options.supervisor.reading(lanes.shard) !== undefined);
  }

  private async compareLogEnds(): Promise<ReadonlyMap<number, LogEnds> | undefined> {
    const before = this.readable().map((owned) => ({ owned, position: owned.position, openings: owned.openings }));
    if (before.length === 0) return undefined;
    const askedAtMs = performance.now();
    const ends = await this.options.logEnds();
    const caughtUp: OwnedShard[] = [];
    for (const { owned, position, openings } of before) {
      const log = ends.get(owned.lanes.shard);
      if (log === undefined || owned.lanes.dropped || owned.repairing || owned.openings !== openings) continue;
      // A log never gets shorter, and where it was read before it was asked about can't lie before its start unless
      // records were dropped unread.
      if (log.end < position.nextOffset) void this.options.repairer.repairOtherLog(owned);
      else if (log.start > owned.position.nextOffset) void this.options.repairer.repairGap(owned, log.start);
      else if (hasRead(owned, log.end)) caughtUp.push(owned);
    }
    if (caughtUp.length > 0) {
      const shards = caughtUp.map(({ lanes: { shard, lease } }) => ({ shard, epoch: lease.epoch }));
      await this.options.unadmitted.noteCaughtUp(shards, performance.now() - askedAtMs);
    }
    return ends;
  }

  /** Passes what is admitted, up to the first page on which something is missing. */
  private async look(owned: OwnedShard): Promise<void> {
    const { unadmitted } = this.options;
    const { lanes, openings } = owned;
    if (this.suspicions.get(owned)?.openings === openings) return;
    this.suspicions.delete(owned);
    for (let page = 0; page < MAX_PAGES && !lanes.dropped && !this.stopped; page++) {
      const found = await unadmitted.sweep(lanes.shard, PAGE);
      if (found === undefined) return;
      if (found.missing.length > 0) {
        this.suspicions.set(owned, { found, openings, logEnd: undefined });
        return;
      }
      await this.pass(owned, found.sweptSeq);
      if (!found.more) return;
    }
  }

  /**
   * Admits what is still missing after the log was read as far as it reached when that had left the outbox.
   * @returns whether there is more to look at
   */
  private async judge(owned: OwnedShard, logEnd: number | undefined): Promise<boolean> {
    const { unadmitted, admitter, logger } = this.options;
    const { shard } = owned.lanes;
    const suspicion = this.suspicions.get(owned);
    if (suspicion?.openings !== owned.openings) return false;
    suspicion.logEnd ??= logEnd;
    if (suspicion.logEnd === undefined || !hasRead(owned, suspicion.logEnd)) return false;
    const { missing, sweptSeq, more } = suspicion.found;
    const again = await unadmitted.sweep(shard, PAGE);
    // Less than before: the database's clock was set back.
    if (again === undefined || again.sweptSeq < sweptSeq) return false;
    const still = new Set(again.missing);
    const lost = missing.filter((id) => still.has(id));
    if (lost.length > 0) {
      const repaired = await admitter.admitStored(owned, 'sweep', lost);
      logger.error({ shard, events: repaired, found: lost.length, first: lost[0] }, 'Events were passed over: admitted from Postgres');
    }
    owned.lanes.coverage.onOutcomeKnown('sweep');
    await this.pass(owned, sweptSeq);
    this.suspicions.delete(owned);
    return more;
  }

  private async pass({ lanes }: OwnedShard, sweptSeq: number): Promise<void> {
    if (!lanes.dropped) await this.options.unadmitted.moveSweep({ shard: lanes.shard, epoch: lanes.lease.epoch }, sweptSeq);
  }
}

/** Whether the shard's log is read up to there; one of which nothing is known goes on where reading is to go on, if at all. */
function hasRead({ position, checked }: OwnedShard, logEnd: number): boolean {
  return (checked || position.lastEventId === undefined) && position.nextOffset >= logEnd;
}
