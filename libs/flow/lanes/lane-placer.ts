import type { LanePosition } from '#domain/lane';
import type { LaneBudget } from './lane-budget.js';
import type { PendingLane } from './lanes.repository.js';
import type { LaneRecord, ShardLanes } from './shard-lanes.js';

/** A head that waits for longer than this need not be in memory when the lane budget is scarce. */
export const FAR_OFF_MS = 60_000;

/** What the placer needs of the runner. */
export interface LaneStarter {
  /** The lane has something to do now. */
  ready(record: LaneRecord): void;
  /** The head waits for its time; by a timer of ours, unless a retry token will come. */
  wait(record: LaneRecord, delayMs: number, byTimer: boolean): void;
}

/** How a lane in memory compares with what a read of Postgres found. */
export type Placement =
  /** Memory knows as much, or more. */
  | 'known'
  /** It was not in memory, and is now. */
  | 'added'
  /** Memory did not know the lane's last deliveries. */
  | 'extended'
  /** Memory's head is above the one in Postgres: dead letters are being replayed. It is to be reloaded. */
  | 'overtaken'
  /** It is not in memory: the budget has no room, or the lane is closed. */
  | 'left-out';

/** Brings into memory what a read of Postgres found, as far as memory does not know it. Does no I/O. */
export class LanePlacer {
  constructor(
    private readonly starter: LaneStarter,
    private readonly budget: LaneBudget,
  ) {}

  place(shard: ShardLanes, pending: PendingLane): Placement {
    const known = shard.find(pending.name);
    return known === undefined ? this.add(shard, pending) : this.compare(known, pending.position);
  }

  private add(shard: ShardLanes, { name, endpoint, position, dueInMs = 0, stopped }: PendingLane): Placement {
    if (dueInMs > FAR_OFF_MS && !this.budget.isHalfFreeFor(endpoint)) return 'left-out';
    const record = shard.add(name, endpoint, position);
    if (record === undefined) return 'left-out';
    record.redelivered ||= !shard.coverage.wasComplete;
    shard.stop(record, stopped);
    if (dueInMs > 0) {
      record.lane.await();
      // Its token was for another ownership, or for the record before this one. The sweep wakes heads that are far off.
      this.starter.wait(record, dueInMs, dueInMs <= FAR_OFF_MS);
    } else this.starter.ready(record);
    return 'added';
  }

  private compare(record: LaneRecord, { headSequence, tailSequence }: LanePosition): Placement {
    const { lane, shard } = record;
    if (headSequence < shard.coverage.headAtPage(record, lane.headSequence)) return 'overtaken';
    // A tail only grows: also a page that is older than the lane's last move is right about it.
    if (tailSequence <= lane.tailSequence) return 'known';
    const wasIdle = lane.phase === 'idle';
    const becameReady = lane.admit(tailSequence, undefined);
    if (wasIdle) shard.revive(record);
    if (becameReady) this.starter.ready(record);
    return 'extended';
  }
}
