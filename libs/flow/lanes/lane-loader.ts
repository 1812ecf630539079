import { type DeliveryKey, NIL_ID } from '#domain/ids';
import type { LanePosition } from '#domain/lane';
import type { LanesRepository, PendingLane } from './lanes.repository.js';
import type { LaneBudget, LaneRecord, ShardLanes } from './shard-lanes.js';
import { GroupCommit } from '#ground/postgres/group-commit';
import type { Logger } from '#ground/telemetry/logger';
import type { LaneRunner } from './lane-runner.js';

const PAGE = 1_000;
/** A head that waits for longer than this need not be in memory while room is scarce. */
export const FAR_OFF_MS = 60_000;
const FIRST_DELIVERY: DeliveryKey = { eventId: NIL_ID, endpoint: 0, replay: 0 };

/** Brings lanes with something pending from Postgres into memory. */
export class LaneLoader {
  private readonly reloads: GroupCommit<{ shard: number; lane: number }, PendingLane | undefined>;

  constructor(
    private readonly lanes: LanesRepository,
    private readonly runner: LaneRunner,
    private readonly budget: LaneBudget,
    private readonly logger: Logger,
  ) {
    this.reloads = new GroupCommit({ maxItems: PAGE, commit: (wanted) => lanes.findLanes(wanted) });
  }

  /**
   * One pass over the shard's pending lanes; those that aren't in memory are added as far as there is room, the others
   * learn how long they are. The shard is complete afterwards when all fitted and nothing was missed meanwhile.
   */
  async load(shard: ShardLanes): Promise<void> {
    const missedBefore = shard.missed;
    shard.loading = true;
    try {
      const fitted = (await this.loadLanes(shard)) && (await this.loadSingles(shard));
      if (fitted && shard.missed === missedBefore) {
        shard.complete = true;
        shard.wasComplete = true;
      }
    } finally {
      shard.loading = false;
    }
  }

  /**
   * Takes a lane as Postgres has it, after an operator's action has moved it. One that is in memory is let go of at its
   * next idle point first.
   */
  reload(shard: ShardLanes, lane: number): void {
    const record = shard.find({ kind: 'lane', lane });
    if (record === undefined) void this.take(shard, lane);
    else this.runner.letGo(record, () => void this.take(shard, lane));
  }

  /** As `reload`, for all of the shard's lanes. */
  reloadAll(shard: ShardLanes): void {
    for (const { name } of [...shard.all()]) if (name.kind === 'lane') this.reload(shard, name.lane);
    shard.miss();
  }

  private async take(shard: ShardLanes, lane: number): Promise<void> {
    // Until it is here again, what is admitted to it may not be its head. And a page that was read before this must not
    // bring it back as it was.
    shard.miss();
    shard.closeOff(lane);
    let pending: PendingLane | undefined;
    try {
      pending = await this.reloads.add({ shard: shard.shard, lane });
    } catch (error) {
      this.logger.warn({ err: error, shard: shard.shard, lane }, 'A lane could not be loaded; the next pass over the shard brings it');
    } finally {
      shard.reopen(lane);
    }
    // An admission, or a pass that began meanwhile, was told that it is closed off, and without an answer it is nowhere:
    // the next pass is for them.
    shard.miss();
    if (pending !== undefined) this.add(shard, pending);
  }

  private async loadLanes(shard: ShardLanes): Promise<boolean> {
    let fitted = true;
    for (let after = 0; ; ) {
      const leftOut = this.budget.crowded;
      const page = await this.lanes.pendingLanes(shard.shard, after, PAGE, leftOut);
      fitted &&= leftOut.length === 0;
      for (const pending of page) {
        if (!this.add(shard, pending)) fitted = false;
        if (pending.name.kind === 'lane') after = pending.name.lane;
      }
      if (page.length < PAGE) return fitted;
      if (this.budget.isCrowded) return false;
    }
  }

  private async loadSingles(shard: ShardLanes): Promise<boolean> {
    let fitted = true;
    for (let after = FIRST_DELIVERY; ; ) {
      const leftOut = this.budget.crowded;
      const page = await this.lanes.pendingSingles(shard.shard, after, PAGE, leftOut);
      fitted &&= leftOut.length === 0;
      for (const pending of page) {
        if (!this.add(shard, pending)) fitted = false;
        after = pending.delivery;
      }
      if (page.length < PAGE) return fitted;
      if (this.budget.isCrowded) return false;
    }
  }

  /** @returns false when it is not in memory afterwards */
  private add(shard: ShardLanes, { name, endpoint, position, dueInMs = 0, stopped }: PendingLane): boolean {
    if (shard.dropped) return true;
    const known = shard.find(name);
    if (known !== undefined) {
      this.extend(known, position);
      return true;
    }
    if (dueInMs > FAR_OFF_MS && !this.budget.isRoomyFor(endpoint)) return false;
    const record = shard.add(name, endpoint, position);
    if (record === undefined) return false;
    record.redelivered ||= !shard.wasComplete;
    shard.stop(record, stopped);
    if (dueInMs > 0) {
      record.lane.await();
      // Its token was for another ownership, or for the record before this one. Far off ones are left to the sweep.
      this.runner.wait(record, dueInMs, dueInMs <= FAR_OFF_MS);
    } else this.runner.ready(record);
    return true;
  }

  /** Postgres has more of the lane than we were told: an acknowledgement was lost, or dead letters are being replayed. */
  private extend(record: LaneRecord, { headSequence, tailSequence }: LanePosition): void {
    if (headSequence < record.lane.headSequence && record.name.kind === 'lane') return this.reload(record.shard, record.name.lane);
    const wasIdle = record.lane.phase === 'idle';
    const becameReady = record.lane.admit(tailSequence, undefined);
    if (wasIdle && becameReady) record.shard.revive(record);
    if (becameReady) this.runner.ready(record);
  }
}
