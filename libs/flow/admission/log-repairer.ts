import type { LogPosition } from './admission.repository.js';
import type { UnadmittedRepository } from './unadmitted.repository.js';
import { mintedAtMs } from '#domain/ids';
import type { Logger } from '#ground/telemetry/logger';
import type { OwnedShard } from '#flow/shards/owned-shard';
import type { ShardAdmitter } from './shard-admitter.js';
import type { ShardSupervisor } from '#flow/shards/shard-supervisor';
import { whileOwned } from '#flow/leases/while-owned';

/** Events in one look: some 50 ms, however many of them are admitted already. */
const PAGE = 5_000;

/**
 * How much older than the last event that was read a record is at which the reading of another log begins. Its events are
 * all admitted by then; but records that aren't ours may be among them.
 */
const REREAD_MS = 600_000;

export interface LogRepairerOptions {
  readonly unadmitted: UnadmittedRepository;
  readonly admitter: ShardAdmitter;
  readonly supervisor: ShardSupervisor;
  /** The offsets of the first records of the partitions of `events` that are no older than that. */
  readonly offsetsSince: (timeMs: number) => Promise<ReadonlyMap<number, number>>;
  readonly logger: Logger;
}

/**
 * Makes good what a shard's log has lost: retention dropped records that weren't read, or the topic was made anew. All
 * that may be missing is in Postgres, and is admitted from there before the log is read on.
 */
export class LogRepairer {
  constructor(private readonly options: LogRepairerOptions) {}

  /**
   * Whether a log that goes on with these events has all that is to come before them: the first event that isn't admitted
   * is one of them, or there is none. False, too, when that would take long to find out.
   * @throws what Postgres throws
   */
  async nothingMissingBefore({ lanes }: OwnedShard, eventIds: readonly string[]): Promise<boolean> {
    const page = await this.options.unadmitted.look(await this.options.unadmitted.beginRepair(lanes.shard), PAGE);
    const first = page.find(({ missing }) => missing);
    return first === undefined ? page.length < PAGE : eventIds.includes(first.id);
  }

  /**
   * Admits every event of the shard that was accepted before now and isn't admitted, in accept order; then reads the
   * log from `resumeAt` on, where some of them may come again.
   */
  repairGap(owned: OwnedShard, resumeAt: number): Promise<void> {
    return this.repair(owned, () => Promise.resolve(resumeAt));
  }

  /**
   * The same for a log that is another than the one that was read, or has lost its end. Which of the two can't be told:
   * reading goes on some minutes before what was read last, which is the start of a log that was made anew.
   */
  repairOtherLog(owned: OwnedShard): Promise<void> {
    const { position } = owned;
    return this.repair(owned, () => this.offsetNear(owned.lanes.shard, position));
  }

  private async repair(owned: OwnedShard, placeToResume: () => Promise<number>): Promise<void> {
    const { supervisor, logger } = this.options;
    const { lanes, position } = owned;
    if (owned.repairing) return;
    owned.repairing = true;
    // What is under way under an earlier opening must not move the position any more.
    owned.openings += 1;
    let resumeAt: number;
    try {
      do {
        owned.repairAgain = false;
        // Before Postgres is looked at: what is committed after that comes behind this place.
        resumeAt = await placeToResume();
        const resumesAt = resumeAt;
        const repaired = await whileOwned(owned, logger, 'The gap could not be repaired yet', () => this.admitAll(owned, resumesAt));
        if (repaired === undefined) return;
        if (repaired > 0) logger.warn({ shard: lanes.shard, ...position, resumeAt, events: repaired }, 'The log had a gap or was made anew: admitted from Postgres first');
      } while (this.hasToRepairAgain(owned));
    } finally {
      owned.repairing = false;
    }
    supervisor.readFrom(owned, resumeAt);
  }

  private async offsetNear(shard: number, { lastEventId }: LogPosition): Promise<number> {
    if (lastEventId === undefined) return 0;
    try {
      return (await this.options.offsetsSince(mintedAtMs(lastEventId) - REREAD_MS)).get(shard) ?? 0;
    } catch (error) {
      this.options.logger.debug({ err: error, shard }, 'Kafka did not say where the log is to be read on: it is from its start');
      return 0;
    }
  }

  private hasToRepairAgain({ repairAgain, lanes }: OwnedShard): boolean {
    return repairAgain && !lanes.dropped;
  }

  /**
   * One walk in accept order. Of an entity's events in the range a later one was posted after the one before it was
   * committed, and both before the walk began: so it meets the earlier one first, though numbers become visible out of
   * order. What was still being committed then is in the outbox, and comes by the log.
   */
  private async admitAll(owned: OwnedShard, resumeAt: number): Promise<number> {
    let range = await this.options.unadmitted.beginRepair(owned.lanes.shard);
    let total = 0;
    for (let looked = PAGE; looked === PAGE; ) {
      const page = await this.options.unadmitted.look(range, PAGE);
      looked = page.length;
      const missing = page.filter((event) => event.missing).map(({ id }) => id);
      if (missing.length > 0) total += await this.options.admitter.admitStored(owned, 'repair', missing);
      if (owned.lanes.dropped) return total;
      range = { ...range, after: page.at(-1)?.acceptSeq ?? range.after };
    }
    // Lasting, or a later owner would find the old place and repair again.
    const moved = await this.options.admitter.admit(owned, 'repair', { eventIds: [], parked: [], nextOffset: resumeAt, lastEventId: undefined, caughtUp: false }, new Map());
    if (moved.kind === 'unknown' || moved.kind === 'refused') throw new Error('The cursor was not moved');
    // Everything accepted before now was looked at: what the log's reader was left in doubt about, too.
    for (const source of ['log', 'repair'] as const) owned.lanes.coverage.onOutcomeKnown(source);
    return total;
  }
}
