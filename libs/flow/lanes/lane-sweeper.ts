import { Injectable } from '@nestjs/common';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { AdmissionProgress } from './admission-progress.js';
import { LaneBudget } from './lane-budget.js';
import { LaneLoader } from './lane-loader.js';
import { lanesByState } from './lanes.metrics.js';
import { LaneRunner } from './lane-runner.js';
import { OpenShards } from './open-shards.js';
import type { ScanKind } from './scan-schedule.js';
import type { ShardLanes } from './shard-lanes.js';
import { afterWaiting } from './waiting-heads.js';

const INTERVAL_MS = 1_000;

/** Once a second: wakes heads that are overdue, evicts lanes that need not be in memory, and scans shards that are due. */
@Injectable()
export class LaneSweeper {
  private timer: NodeJS.Timeout | undefined;
  private audit: Promise<void> | undefined;

  constructor(
    private readonly shards: OpenShards,
    private readonly runner: LaneRunner,
    private readonly loader: LaneLoader,
    private readonly laneBudget: LaneBudget,
    private readonly progress: AdmissionProgress,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.sweep(), INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private sweep(): void {
    const nowMs = performance.now();
    const isNearlyFull = this.laneBudget.isNearlyFull;
    const fullEndpoints = new Set(this.laneBudget.nearlyFullEndpoints);
    const counts = { sending: 0, waiting: 0, stopped: 0 };
    for (const lanes of this.shards.all()) {
      for (const record of lanes.waiting) {
        const next = afterWaiting(record.dueAtMs, nowMs, isNearlyFull || fullEndpoints.has(record.endpoint));
        if (next === 'wake') this.runner.wake(record);
        else if (next === 'evict') lanes.evict(record);
      }
      // A lane is held when it becomes ready in the moment in which the lease is being renewed.
      if (lanes.held.size > 0 && lanes.lease.maySend) this.runner.resume(lanes);
      lanes.evictIdle(this.progress.applied);
      counts.sending += lanes.busy.size;
      counts.waiting += lanes.waiting.size;
      counts.stopped += lanes.stopped.size;
      if (lanes.lease.isActive) this.scanIfDue(lanes, fullEndpoints, nowMs);
    }
    this.runner.scheduler.forgetRemoved();
    this.runner.scheduler.sweepDeleted();
    const { ready, limited, blocked, stale } = this.runner.scheduler.counts();
    lanesByState.set({ state: 'ready' }, ready);
    lanesByState.set({ state: 'limited' }, limited);
    lanesByState.set({ state: 'blocked' }, blocked);
    lanesByState.set({ state: 'stale' }, stale);
    lanesByState.set({ state: 'sending' }, counts.sending);
    lanesByState.set({ state: 'waiting' }, counts.waiting);
    lanesByState.set({ state: 'stopped' }, counts.stopped);
  }

  private scanIfDue(lanes: ShardLanes, fullEndpoints: ReadonlySet<number>, nowMs: number): void {
    if (lanes.coverage.isScanning) return;
    // One audit at a time: shards that were taken together would all be audited together.
    const kind = lanes.scans.due(nowMs, !lanes.coverage.needsScan(fullEndpoints), !this.laneBudget.isNearlyFull, this.audit === undefined);
    if (kind === 'load') void this.scan(lanes, kind);
    else if (kind === 'audit') this.audit = this.scan(lanes, kind).finally(() => (this.audit = undefined));
  }

  private async scan(lanes: ShardLanes, kind: ScanKind): Promise<void> {
    const beganAtMs = performance.now();
    try {
      await this.loader.scan(lanes, kind === 'audit');
    } catch (error) {
      this.logger.warn({ err: error, shard: lanes.shard }, 'Cannot scan the lanes of a shard; trying again');
    }
    lanes.scans.onEnd(kind, beganAtMs, performance.now());
  }
}
