import type { UnadmittedRepository } from '#admission/unadmitted.repository';
import type { Logger } from '#telemetry/logger';
import type { OwnedShard } from './owned-shard.js';
import type { ShardAdmitter } from './shard-admitter.js';
import type { ShardSupervisor } from './shard-supervisor.js';
import { whileOwned } from './while-owned.js';

/** Events in one look: some 50 ms, however many of them are admitted already. */
const PAGE = 5_000;

/**
 * Makes good what a shard's log has lost: retention dropped records that weren't read, or the topic was made anew. All
 * that may be missing is in Postgres, and is admitted from there before the log is read on.
 */
export class LogRepairer {
  constructor(
    private readonly unadmitted: UnadmittedRepository,
    private readonly admitter: ShardAdmitter,
    private readonly supervisor: ShardSupervisor,
    private readonly logger: Logger,
  ) {}

  /**
   * Whether a log that goes on with these events has all that is to come before them: the first event that isn't admitted
   * is one of them, or there is none. False, too, when that would take long to find out.
   * @throws what Postgres throws
   */
  async nothingMissingBefore({ lanes }: OwnedShard, eventIds: readonly string[]): Promise<boolean> {
    const page = await this.unadmitted.look(await this.unadmitted.beginRepair(lanes.shard), PAGE);
    const first = page.find(({ missing }) => missing);
    return first === undefined ? page.length < PAGE : eventIds.includes(first.id);
  }

  /**
   * Admits every event of the shard that was accepted before now and isn't admitted, in accept order; then reads the
   * log from `resumeAt` on, where some of them may come again.
   */
  async repair(owned: OwnedShard, resumeAt: number): Promise<void> {
    const { lanes, position } = owned;
    if (owned.repairing) return;
    owned.repairing = true;
    // What is under way under an earlier opening must not move the position any more.
    owned.openings += 1;
    try {
      do {
        owned.repairAgain = false;
        const repaired = await whileOwned(owned, this.logger, 'The gap could not be repaired yet', () => this.admitAll(owned, resumeAt));
        if (repaired === undefined) return;
        if (repaired > 0) this.logger.warn({ shard: lanes.shard, ...position, resumeAt, events: repaired }, 'The log had a gap or was made anew: admitted from Postgres first');
      } while (this.hasToRepairAgain(owned));
    } finally {
      owned.repairing = false;
    }
    this.supervisor.readFrom(owned, resumeAt);
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
    let range = await this.unadmitted.beginRepair(owned.lanes.shard);
    let total = 0;
    for (let looked = PAGE; looked === PAGE; ) {
      const page = await this.unadmitted.look(range, PAGE);
      looked = page.length;
      const missing = page.filter((event) => event.missing).map(({ id }) => id);
      if (missing.length > 0) total += await this.admitter.admitStored(owned, missing);
      if (owned.lanes.dropped) return total;
      range = { ...range, after: page.at(-1)?.acceptSeq ?? range.after };
    }
    // Lasting, or a later owner would find the old place and repair again.
    const moved = await this.admitter.admit(owned, { eventIds: [], parked: [], nextOffset: resumeAt, lastEventId: undefined, caughtUp: false }, new Map());
    if (moved === 'failed') throw new Error('The cursor was not moved');
    return total;
  }
}
