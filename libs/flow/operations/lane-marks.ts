import type { LaneMark, LaneMarksRepository } from './lane-marks.repository.js';
import type { Lease } from '#flow/leases/lease';
import type { LeaseKeeper } from '#flow/leases/lease-keeper';
import { LookBack } from '#ground/polling/look-back';
import { Poll } from '#ground/polling/poll';
import type { Logger } from '#ground/telemetry/logger';
import { deliveriesTotal } from '#flow/lanes/lanes.metrics';
import type { LaneLoader } from '#flow/lanes/lane-loader';
import type { LaneRunner } from '#flow/lanes/lane-runner';
import type { OwnedShard } from '#flow/shards/owned-shard';
import { whileOwned } from '#flow/leases/while-owned';
import type { ShardSupervisor } from '#flow/shards/shard-supervisor';

const INTERVAL_MS = 1_000;
/** How far back each look goes: longer than any statement that marks a lane may take to commit. */
const LOOK_BACK_MS = 90_000;

/**
 * Applies operators' marks (pause, resume, skip) to the lanes of the shards that are owned here: a look once a second,
 * and at once on a nudge. A lane is stopped after its attempt in flight; a delivery is skipped when nothing is in flight.
 */
export class LaneMarks {
  private readonly poll: Poll;
  private readonly skipping = new Set<string>();
  private readonly lookBack = new LookBack(LOOK_BACK_MS);
  /** Ownerships whose marks were read once in whole. */
  private known = new Set<Lease>();

  constructor(
    private readonly repository: LaneMarksRepository,
    private readonly supervisor: ShardSupervisor,
    private readonly runner: LaneRunner,
    private readonly loader: LaneLoader,
    private readonly keeper: LeaseKeeper,
    private readonly logger: Logger,
  ) {
    this.poll = new Poll({
      intervalMs: INTERVAL_MS,
      work: () => this.look(),
      onError: (error) => logger.warn({ err: error }, "Operators' marks could not be read; trying again"),
    });
  }

  start(): void {
    this.poll.start();
  }

  nudge(): void {
    this.poll.nudge();
  }

  stop(): Promise<void> {
    return this.poll.stop();
  }

  private async look(): Promise<void> {
    const owned = [...this.supervisor.all()].filter(({ loaded, lanes }) => loaded && lanes.active);
    if (owned.length === 0) return;
    const askedAtMs = performance.now();
    const leases = owned.map(({ lanes }) => lanes.lease);
    // Marks that were made while a shard was being loaded may be older than any bound: of a new one all are read.
    const all = !leases.every((lease) => this.known.has(lease));
    const marks = await this.lookBack.look((bounds) => this.repository.find(leases.map(({ shard }) => shard), all ? { ...bounds, sinceMs: 0 } : bounds));
    this.known = new Set(leases);
    for (const mark of marks) {
      const shard = owned.find(({ lanes }) => lanes.shard === mark.shard);
      if (shard === undefined || shard.lanes.dropped) continue;
      this.applyStop(shard, mark, askedAtMs);
      if (mark.skips) this.skip(shard, mark.lane);
    }
  }

  private applyStop({ lanes }: OwnedShard, { lane, stopped }: LaneMark, askedAtMs: number): void {
    const record = lanes.find({ kind: 'lane', lane });
    // Halted since: what was read doesn't know of it. The next look does, since it goes back far enough.
    if (record === undefined || record.stopped === stopped || record.haltedAtMs >= askedAtMs) return;
    this.runner.stop(record, stopped);
  }

  private skip(owned: OwnedShard, lane: number): void {
    const { lanes } = owned;
    const work = `${lanes.lease.epoch}/${lane}`;
    if (this.skipping.has(work)) return;
    this.skipping.add(work);
    const apply = (): void => void this.applySkip(owned, lane).finally(() => this.skipping.delete(work));
    const record = lanes.find({ kind: 'lane', lane });
    if (record === undefined) apply();
    else this.runner.removeAtIdle(record, apply);
  }

  private async applySkip(owned: OwnedShard, lane: number): Promise<void> {
    const { lanes } = owned;
    // Closed until the outcome is certain: a delivery that is discarded later must not be sent before.
    lanes.coverage.close(lane);
    try {
      const result = await whileOwned({ lanes, ending: undefined }, this.logger, 'Cannot skip a delivery', () => this.repository.skip(lanes.shard, lanes.lease.epoch, lane));
      if (result === undefined) return;
      if (!result.held) return this.keeper.fenced(lanes.lease);
      deliveriesTotal.inc({ outcome: 'discarded' }, result.discarded);
      this.logger.info({ shard: lanes.shard, lane, discarded: result.discarded }, 'Skipped a delivery');
    } finally {
      lanes.coverage.reopen(lane);
    }
    this.loader.reload(lanes, lane);
  }
}
