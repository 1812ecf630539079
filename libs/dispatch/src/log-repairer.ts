import type { UnadmittedRepository } from '#admission/unadmitted.repository';
import type { Logger } from '#telemetry/logger';
import type { OwnedShard } from './owned-shard.js';
import type { ShardAdmitter } from './shard-admitter.js';
import type { ShardSupervisor } from './shard-supervisor.js';
import { whileOwned } from './while-owned.js';

/** Ids in one look: few looks over the unsettled end of a long backlog, and less than 1 MB. */
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
   * Admits every event of the shard that was accepted before now and isn't admitted, in accept order; then reads the
   * log from `resumeAt` on, where some of them may come again.
   */
  async repair(owned: OwnedShard, resumeAt: number): Promise<void> {
    const { lanes, position } = owned;
    if (owned.repairing) return;
    owned.repairing = true;
    this.logger.warn({ shard: lanes.shard, ...position, resumeAt }, 'The log has a gap or was made anew: admitting from Postgres first');
    try {
      const repaired = await whileOwned(owned, this.logger, 'The gap could not be repaired yet', () => this.admitAll(owned, resumeAt));
      if (repaired === undefined) return;
      this.logger.info({ shard: lanes.shard, events: repaired }, 'The gap is repaired');
    } finally {
      owned.repairing = false;
    }
    this.supervisor.readFrom(owned, resumeAt);
  }

  private async admitAll(owned: OwnedShard, resumeAt: number): Promise<number> {
    let range = await this.unadmitted.beginRepair(owned.lanes.shard);
    let refused: ReadonlySet<string> = new Set();
    let total = 0;
    for (;;) {
      const page = await this.unadmitted.find(range, PAGE);
      const fresh = page.filter(({ id }) => !refused.has(id));
      if (fresh.length === 0) break;
      total += await this.admitter.admitStored(owned, fresh.map(({ id }) => id));
      if (owned.lanes.dropped) return total;
      const after = page.findLast(({ settled }) => settled)?.acceptSeq ?? range.after;
      range = { ...range, after };
      // Found again behind the settled ones, they can only be what Postgres refuses.
      refused = new Set(page.filter(({ acceptSeq }) => acceptSeq > after).map(({ id }) => id));
    }
    // Lasting, or a later owner would find the old place and repair again.
    const moved = await this.admitter.admit(owned, { eventIds: [], parked: [], nextOffset: resumeAt, lastEventId: undefined, caughtUp: false }, new Map());
    if (moved === 'failed') throw new Error('The cursor was not moved');
    return total;
  }
}
