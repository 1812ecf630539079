import { Injectable } from '@nestjs/common';
import { EndpointActivity } from '#flow/lanes/endpoint-activity';
import { LaneLoader } from '#flow/lanes/lane-loader';
import { LaneRunner } from '#flow/lanes/lane-runner';
import { OpenShards } from '#flow/lanes/open-shards';
import type { ShardLanes } from '#flow/lanes/shard-lanes';
import type { Lease } from '#flow/leases/lease';
import { whileOwned } from '#flow/leases/while-owned';
import { LookBack, type LookBounds } from '#ground/polling/look-back';
import { Poll } from '#ground/polling/poll';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { type LaneMark, LaneMarksRepository } from './lane-marks.repository.js';

const INTERVAL_MS = 1_000;
/** How far back each read goes: longer than any statement that marks a lane may take to commit. */
const LOOK_BACK_MS = 90_000;

/**
 * Applies operators' marks (pause, resume, skip) to the lanes of owned shards: once a second, and at once on a nudge. A
 * lane stops after its attempt in flight. A delivery is skipped when nothing of its lane is in flight.
 */
@Injectable()
export class LaneMarks {
  private readonly poll: Poll;
  private readonly skipping = new Set<string>();
  private readonly lookBack = new LookBack(LOOK_BACK_MS);
  /** Leases whose marks were read completely once. */
  private known = new Set<Lease>();

  constructor(
    private readonly repository: LaneMarksRepository,
    private readonly shards: OpenShards,
    private readonly runner: LaneRunner,
    private readonly loader: LaneLoader,
    private readonly activity: EndpointActivity,
    @InjectLogger() private readonly logger: Logger,
  ) {
    this.poll = new Poll({
      intervalMs: INTERVAL_MS,
      work: () => this.look(),
      onError: (error) => logger.warn({ err: error }, "Cannot read operators' marks; trying again"),
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
    const shards = this.shards.active();
    if (shards.length === 0) return;
    const byShard = new Map(shards.map((lanes) => [lanes.shard, lanes]));
    await this.lookBack.look((bounds) => this.applyStops(byShard, bounds));
    this.known = new Set(shards.map(({ lease }) => lease));
    for (const { shard, lane } of await this.repository.findSkips([...byShard.keys()])) {
      const lanes = byShard.get(shard);
      if (lanes?.lease.isLost === false) this.skip(lanes, lane);
    }
  }

  /** Applies marks page by page. @returns the newest of each page */
  private async applyStops(byShard: ReadonlyMap<number, ShardLanes>, { sinceMs, withinMs }: LookBounds): Promise<LaneMark[]> {
    // Marks made while a shard was being loaded may be older than any bound: all marks of a new shard are read.
    const wanted = [...byShard.values()].map(({ shard, lease }) => ({ shard, sinceMs: this.known.has(lease) ? sinceMs : 0 }));
    const newest: LaneMark[] = [];
    let askedAtMs = performance.now();
    for await (const page of this.repository.find(wanted, withinMs)) {
      for (const mark of page) {
        const lanes = byShard.get(mark.shard);
        if (lanes?.lease.isLost === false) this.applyStop(lanes, mark, askedAtMs);
      }
      newest.push(...page.toSorted((a, b) => b.changedAtMs - a.changedAtMs).slice(0, 1));
      askedAtMs = performance.now();
    }
    return newest;
  }

  private applyStop(lanes: ShardLanes, { lane, stopped }: LaneMark, askedAtMs: number): void {
    const record = lanes.find({ kind: 'lane', lane });
    // Halted since this read began, which does not know it. The next read goes back far enough.
    if (record === undefined || record.stopped === stopped || record.haltedAtMs >= askedAtMs) return;
    this.runner.stop(record, stopped);
  }

  private skip(lanes: ShardLanes, lane: number): void {
    const work = `${lanes.lease.epoch}/${lane}`;
    if (this.skipping.has(work)) return;
    this.skipping.add(work);
    const apply = (): void => void this.applySkip(lanes, lane).finally(() => this.skipping.delete(work));
    const record = lanes.find({ kind: 'lane', lane });
    if (record === undefined) apply();
    else this.runner.removeAtIdle(record, apply);
  }

  private async applySkip(lanes: ShardLanes, lane: number): Promise<void> {
    const { lease: { shard, epoch }, lease, coverage } = lanes;
    // Closed until the outcome is known: a delivery that is discarded later must not be sent before.
    coverage.close(lane);
    try {
      const result = await whileOwned(lease, { logger: this.logger, failure: 'Cannot skip a delivery', until: 'lost' }, () => this.repository.skip(shard, epoch, lane));
      if (result === undefined) return;
      if (!result.held) return lease.fenced();
      for (const endpoint of result.discarded) this.activity.onDiscarded(endpoint);
      this.logger.info({ shard, lane, discarded: result.discarded.length }, 'Skipped a delivery');
    } finally {
      coverage.reopen(lane);
    }
    this.loader.reload(lanes, lane);
  }
}
