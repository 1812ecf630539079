import type { UnadmittedRepository } from '#admission/unadmitted.repository';
import type { LogEnds } from '#kafka/log-ends';
import type { Logger } from '#telemetry/logger';
import type { LogRepairer } from './log-repairer.js';
import type { OwnedShard } from './owned-shard.js';
import type { ShardAdmitter } from './shard-admitter.js';
import type { ShardSupervisor } from './shard-supervisor.js';

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

/**
 * Nothing stays stuck: finds events that were accepted, are in Kafka or were, and yet were not admitted, and admits them
 * from Postgres. Every event is looked at once; what the sweep has passed it never reads again.
 *
 * It also asks how far the log reaches. A shard on which nothing arrives would otherwise not know that it has read all
 * there is, or that the log it waits on is not the one that it has read.
 */
export class UnadmittedSweeper {
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> | undefined;
  private stopped = false;

  constructor(private readonly options: UnadmittedSweeperOptions) {}

  start(): void {
    this.timer = setInterval(() => {
      this.round ??= this.sweep().finally(() => (this.round = undefined));
    }, INTERVAL_MS);
  }

  /** Resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.round;
  }

  /** One round over all shards that are owned here. Never rejects. */
  async sweep(): Promise<void> {
    const { logger } = this.options;
    await this.compareLogEnds().catch((error: unknown) => logger.debug({ err: error }, 'How far the log reaches could not be found out; trying again'));
    for (const owned of this.readable()) {
      await this.sweepShard(owned).catch((error: unknown) => logger.warn({ err: error, shard: owned.lanes.shard }, 'A shard could not be swept; trying again'));
    }
  }

  private readable(): OwnedShard[] {
    return [...this.options.supervisor.all()].filter(({ lanes, repairing }) => !repairing && this.options.supervisor.reading(lanes.shard) !== undefined);
  }

  private async compareLogEnds(): Promise<void> {
    const before = this.readable().map((owned) => ({ owned, position: owned.position, openings: owned.openings }));
    if (before.length === 0) return;
    const askedAtMs = performance.now();
    const ends = await this.options.logEnds();
    const caughtUp: OwnedShard[] = [];
    for (const { owned, position, openings } of before) {
      const log = ends.get(owned.lanes.shard);
      if (log === undefined || owned.lanes.dropped || owned.repairing || owned.openings !== openings) continue;
      // A log never gets shorter, and where it was read before it was asked about can't lie before its start unless
      // records were dropped unread.
      if (log.end < position.nextOffset || log.start > owned.position.nextOffset) void this.options.repairer.repair(owned, log.start);
      else if (owned.checked && owned.position.nextOffset >= log.end) caughtUp.push(owned);
    }
    if (caughtUp.length === 0) return;
    const shards = caughtUp.map(({ lanes: { shard, lease } }) => ({ shard, epoch: lease.epoch }));
    await this.options.unadmitted.noteCaughtUp(shards, performance.now() - askedAtMs);
  }

  private async sweepShard(owned: OwnedShard): Promise<void> {
    const { unadmitted, admitter, logger } = this.options;
    const { lanes } = owned;
    for (let page = 0; page < MAX_PAGES && !lanes.dropped && !this.stopped; page++) {
      const sweep = await unadmitted.sweep(lanes.shard, PAGE);
      if (sweep === undefined) return;
      const { lost, sweptSeq, more } = sweep;
      if (lost.length > 0) {
        const repaired = await admitter.admitStored(owned, lost);
        logger.error({ shard: lanes.shard, events: repaired, found: lost.length, first: lost[0] }, 'Events were passed over: admitted from Postgres');
      }
      if (lanes.dropped) return;
      await unadmitted.moveSweep({ shard: lanes.shard, epoch: lanes.lease.epoch }, sweptSeq);
      if (!more) return;
    }
  }
}
