import { Injectable } from '@nestjs/common';
import { WindowBudget } from '#domain/lane';
import { AdmissionRepository } from '#flow/admission/admission.repository';
import { OpenLogs } from '#flow/admission/open-logs';
import type { LogPosition } from '#flow/admission/shard-log';
import { LaneBudget } from '#flow/lanes/lane-budget';
import { LaneLoader } from '#flow/lanes/lane-loader';
import { LaneRunner } from '#flow/lanes/lane-runner';
import { OpenShards } from '#flow/lanes/open-shards';
import { ShardLanes } from '#flow/lanes/shard-lanes';
import type { Lease } from '#flow/leases/lease';
import { LeaseKeeper, type LeaseListener } from '#flow/leases/lease-keeper';
import { ownedShards } from '#flow/leases/leases.metrics';
import { whileOwned } from '#flow/leases/while-owned';
import type { Config } from '#ground/config/config';
import { InjectConfig, InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';

const UNREAD: LogPosition = { nextOffset: 0, lastEventId: undefined };
/** How long outcomes of attempts that were aborted at the end of the drain may take to be committed. */
const OUTCOMES_MS = 2_000;

/**
 * Takes shards over and hands them over. A takeover acquires the lease, loads the lanes, then reads the log from the
 * cursor and sends. A handover starts nothing, lets attempts end and commits their outcomes, then releases the lease.
 */
@Injectable()
export class ShardSupervisor implements LeaseListener {
  private readonly handovers = new Map<ShardLanes, Promise<void>>();

  constructor(
    private readonly keeper: LeaseKeeper,
    private readonly shards: OpenShards,
    private readonly logs: OpenLogs,
    private readonly runner: LaneRunner,
    private readonly loader: LaneLoader,
    private readonly admissions: AdmissionRepository,
    private readonly laneBudget: LaneBudget,
    private readonly windowBudget: WindowBudget,
    /** `drainTimeoutMs`: how long a shard that is handed over may finish its attempts. */
    @InjectConfig() private readonly config: Pick<Config, 'drainTimeoutMs'>,
    @InjectLogger() private readonly logger: Logger,
  ) {
    keeper.listen(this);
  }

  /** The group has assigned these shards; the others are handed over. */
  assign(shards: readonly number[]): void {
    for (const lanes of this.shards.all()) {
      if (!shards.includes(lanes.shard)) void this.handOver(lanes);
      // The rejoin has paused every partition.
      else this.logs.reopen(lanes.shard);
    }
    this.keeper.want(shards);
  }

  onAcquired(lease: Lease): void {
    const lanes = new ShardLanes(lease, this.laneBudget, this.windowBudget);
    this.shards.add(lanes);
    ownedShards.set(this.shards.all().length);
    void this.takeOver(lanes);
  }

  onLost(lease: Lease): void {
    const lanes = this.shards.find(lease.shard);
    if (lanes?.lease !== lease) return;
    this.logger.warn({ shard: lease.shard, epoch: lease.epoch }, 'Another owner has the shard');
    this.forget(lanes);
  }

  onSuspended(lease: Lease): void {
    const lanes = this.shards.find(lease.shard);
    if (lanes === undefined) return;
    this.logger.warn({ shard: lease.shard }, 'The lease was not renewed in time: nothing is sent until it is');
    lanes.abortAll();
  }

  onResumed(lease: Lease): void {
    const lanes = this.shards.find(lease.shard);
    if (lanes !== undefined && lease.isActive) this.runner.resume(lanes);
  }

  /** Hands everything over. Resolves when all leases are released. */
  async end(): Promise<void> {
    this.keeper.want([]);
    await Promise.all(this.shards.all().map((lanes) => this.handOver(lanes)));
  }

  private async takeOver(lanes: ShardLanes): Promise<void> {
    const { lease, shard, coverage } = lanes;
    const cursor = await whileOwned(lease, { logger: this.logger, failure: 'Cannot load a shard', until: 'draining' }, async () => {
      await this.loader.scan(lanes);
      return (await this.admissions.cursors([shard])).get(shard) ?? UNREAD;
    });
    if (cursor === undefined) return;
    lease.onLoaded();
    this.logger.info({ shard, epoch: lease.epoch, lanes: lanes.size, complete: coverage.isComplete }, 'Took the shard over');
    if (lease.isActive) this.runner.resume(lanes);
    this.logs.open(lanes, cursor);
  }

  private handOver(lanes: ShardLanes): Promise<void> {
    let handover = this.handovers.get(lanes);
    if (handover === undefined) {
      handover = this.drain(lanes).finally(() => this.handovers.delete(lanes));
      this.handovers.set(lanes, handover);
    }
    return handover;
  }

  private async drain(lanes: ShardLanes): Promise<void> {
    const { lease, shard, busy } = lanes;
    lease.drain();
    this.logs.close(shard);
    const deadlineMs = performance.now() + this.config.drainTimeoutMs;
    while (busy.size > 0 && !lease.isLost && performance.now() < deadlineMs) await pause();
    lanes.abortAll();
    // What has ended is written all the same: the lease is renewed until then.
    const outcomesDeadlineMs = performance.now() + OUTCOMES_MS;
    while (busy.size > 0 && !lease.isLost && performance.now() < outcomesDeadlineMs) await pause();
    if (lease.isLost) return;
    const released = this.keeper.release(lease);
    this.forget(lanes);
    try {
      await released;
      this.logger.info({ shard, epoch: lease.epoch }, 'Handed the shard over');
    } catch (error) {
      this.logger.warn({ err: error, shard }, 'Cannot release the lease yet; trying again until it expires');
    }
  }

  private forget(lanes: ShardLanes): void {
    this.logs.close(lanes.shard);
    lanes.drop();
    this.shards.remove(lanes);
    ownedShards.set(this.shards.all().length);
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
