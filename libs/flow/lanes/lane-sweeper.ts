import type { LaneBudget, LaneRecord, ShardLanes } from './shard-lanes.js';
import type { Logger } from '#ground/telemetry/logger';
import type { EndpointDiscarder } from '#flow/operations/endpoint-discarder';
import { FAR_OFF_MS, type LaneLoader } from './lane-loader.js';
import type { LaneRunner } from './lane-runner.js';
import type { ShardSupervisor } from '#flow/shards/shard-supervisor';
import { lanesByState } from './lanes.metrics.js';

const INTERVAL_MS = 1_000;
/** A head whose time has passed by this much has lost its token, or its token belongs to a former ownership. */
const OVERDUE_MS = 500;
/** How much longer than a pass over Postgres took the next one waits. */
const PASS_REST = 9;

/**
 * Once a second: starts heads whose time has passed without a token, pages in lanes that are only in Postgres, lets idle
 * ones go, and brings back what a race has left behind.
 */
export class LaneSweeper {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly supervisor: ShardSupervisor,
    private readonly runner: LaneRunner,
    private readonly loader: LaneLoader,
    private readonly discarder: EndpointDiscarder,
    private readonly laneBudget: LaneBudget,
    private readonly admissionsApplied: () => number,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.sweep(), INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private sweep(): void {
    const nowMs = performance.now();
    const crowded = new Set(this.laneBudget.crowded);
    const counts = { sending: 0, waiting: 0, stopped: 0 };
    for (const { lanes, loaded } of this.supervisor.all()) {
      for (const record of lanes.waiting) {
        if (record.dueAtMs + OVERDUE_MS < nowMs) this.runner.wake(record);
        else if (record.dueAtMs > nowMs + FAR_OFF_MS && (this.laneBudget.isCrowded || crowded.has(record.endpoint))) this.giveRoom(record);
      }
      // Held back in the moment in which the lease was being renewed: nobody else would bring them back.
      if (lanes.held.size > 0 && lanes.maySend) this.runner.resume(lanes);
      lanes.evictIdle(this.admissionsApplied());
      counts.sending += lanes.busy.size;
      counts.waiting += lanes.waiting.size;
      counts.stopped += lanes.stopped.size;
      if (loaded && lanes.active && !lanes.complete && !lanes.loading && !this.laneBudget.isCrowded && lanes.nextPassAtMs <= nowMs) void this.pass(lanes);
    }
    this.runner.scheduler.forgetRemoved();
    this.runner.scheduler.sweepDeleted();
    this.discarder.sweep();
    const { ready, blocked } = this.runner.scheduler.counts();
    lanesByState.set({ state: 'ready' }, ready);
    lanesByState.set({ state: 'blocked' }, blocked);
    lanesByState.set({ state: 'sending' }, counts.sending);
    lanesByState.set({ state: 'waiting' }, counts.waiting);
    lanesByState.set({ state: 'stopped' }, counts.stopped);
  }

  /** Lets go of a lane that has nothing to do for long: Postgres knows when its time comes. */
  private giveRoom(record: LaneRecord): void {
    record.shard.remove(record);
    record.shard.miss();
  }

  private async pass(lanes: ShardLanes): Promise<void> {
    const beganAtMs = performance.now();
    try {
      await this.loader.load(lanes);
    } catch (error) {
      this.logger.warn({ err: error, shard: lanes.shard }, 'Lanes could not be paged in; trying again');
    }
    // A tenth of the time at most: with a long backlog a pass takes seconds.
    lanes.nextPassAtMs = performance.now() + PASS_REST * (performance.now() - beganAtMs);
  }
}
