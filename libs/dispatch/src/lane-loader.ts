import { type DeliveryKey, NIL_ID } from '#domain/ids';
import type { LanePosition } from '#domain/lane';
import type { LanesRepository, PendingLane } from '#lanes/lanes.repository';
import type { LaneRecord, ShardLanes } from '#lanes/shard-lanes';
import type { LaneRunner } from './lane-runner.js';

const PAGE = 1_000;
const FIRST_DELIVERY: DeliveryKey = { eventId: NIL_ID, endpoint: 0, replay: 0 };

/** Brings lanes with something pending from Postgres into memory. */
export class LaneLoader {
  constructor(
    private readonly lanes: LanesRepository,
    private readonly runner: LaneRunner,
  ) {}

  /**
   * One pass over the shard's pending lanes; those that aren't in memory are added as far as there is room, the others
   * learn how long they are. The shard is complete afterwards when all fitted and nothing was missed meanwhile.
   * @param takeover whether heads may have been sent by a former owner
   */
  async load(shard: ShardLanes, takeover: boolean): Promise<void> {
    const missedBefore = shard.missed;
    shard.loading = true;
    try {
      const fitted = (await this.loadLanes(shard, takeover)) && (await this.loadSingles(shard, takeover));
      if (fitted && shard.missed === missedBefore) shard.complete = true;
    } finally {
      shard.loading = false;
    }
  }

  private async loadLanes(shard: ShardLanes, takeover: boolean): Promise<boolean> {
    for (let after = 0; ; ) {
      const page = await this.lanes.pendingLanes(shard.shard, after, PAGE);
      for (const pending of page) {
        if (!this.add(shard, pending, takeover)) return false;
        if (pending.name.kind === 'lane') after = pending.name.lane;
      }
      if (page.length < PAGE) return true;
    }
  }

  private async loadSingles(shard: ShardLanes, takeover: boolean): Promise<boolean> {
    for (let after = FIRST_DELIVERY; ; ) {
      const page = await this.lanes.pendingSingles(shard.shard, after, PAGE);
      for (const pending of page) {
        if (!this.add(shard, pending, takeover)) return false;
        after = pending.delivery;
      }
      if (page.length < PAGE) return true;
    }
  }

  /** @returns false when there is no room */
  private add(shard: ShardLanes, { name, endpoint, position, dueInMs }: PendingLane, takeover: boolean): boolean {
    if (shard.dropped) return true;
    const known = shard.find(name);
    if (known !== undefined) {
      this.extend(known, position);
      return true;
    }
    const record = shard.add(name, endpoint, position);
    if (record === undefined) return false;
    record.redelivered = takeover;
    if (dueInMs !== undefined && dueInMs > 0) {
      record.lane.await();
      // Its token belongs to the former ownership: the sweep starts it when its time has passed.
      this.runner.wait(record, dueInMs, false);
    } else this.runner.ready(record);
    return true;
  }

  /** An admission whose acknowledgement was lost: Postgres has more of the lane than we were told. */
  private extend(record: LaneRecord, { tailSequence }: LanePosition): void {
    const wasIdle = record.lane.phase === 'idle';
    const becameReady = record.lane.admit(tailSequence, undefined);
    if (wasIdle && becameReady) record.shard.revive(record);
    if (becameReady) this.runner.ready(record);
  }
}
