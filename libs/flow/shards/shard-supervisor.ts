import type { AdmissionRepository, LogPosition } from '#flow/admission/admission.repository';
import type { WindowBudget } from '#domain/lane';
import type { LaneBudget } from '#flow/lanes/lane-budget';
import { ShardLanes } from '#flow/lanes/shard-lanes';
import type { Lease } from '#flow/leases/lease';
import type { LeaseEvents, LeaseKeeper } from '#flow/leases/lease-keeper';
import { ownedShards } from '#flow/leases/leases.metrics';
import type { Logger } from '#ground/telemetry/logger';
import type { LaneLoader } from '#flow/lanes/lane-loader';
import type { LaneRunner } from '#flow/lanes/lane-runner';
import { openingOffset } from '#flow/admission/log-continuity';
import type { OwnedShard } from './owned-shard.js';
import { whileOwned } from '#flow/leases/while-owned';

/** What the supervisor needs of the transport. */
export interface PartitionGate {
  open(shard: number, eventsOffset: number): void;
  shut(shard: number): void;
}

export interface ShardSupervisorOptions {
  readonly keeper: LeaseKeeper;
  readonly runner: LaneRunner;
  readonly loader: LaneLoader;
  readonly admissions: AdmissionRepository;
  readonly gate: PartitionGate;
  readonly laneBudget: LaneBudget;
  readonly windowBudget: WindowBudget;
  /** How long a shard that is handed over may finish its attempts. */
  readonly drainTimeoutMs: number;
  readonly logger: Logger;
}

const UNREAD: LogPosition = { nextOffset: 0, lastEventId: undefined };

/**
 * Takes shards over and hands them over. Taking: claim the lease, load the lanes, then read the log from the cursor
 * and send. Handing over: send nothing new, let attempts end and commit their outcomes, then release the lease.
 */
export class ShardSupervisor implements LeaseEvents {
  private readonly owned = new Map<number, OwnedShard>();

  constructor(private readonly options: ShardSupervisorOptions) {}

  /** The group has assigned these shards; the others are handed over. */
  assign(shards: readonly number[]): void {
    for (const shard of this.owned.values()) {
      if (!shards.includes(shard.lanes.shard)) void this.handOver(shard);
      // The rejoin has paused everything: those that are kept read on.
      else if (shard.loaded) this.open(shard);
    }
    this.options.keeper.want(shards);
  }

  /** The logs may be others than those that were read: what is read next tells. */
  recheck(): void {
    for (const shard of this.owned.values()) if (shard.loaded && shard.ending === undefined) this.open(shard);
  }

  /** The shard, while its log may be read: it is loaded, and not being handed over. */
  reading(shard: number): OwnedShard | undefined {
    const owned = this.owned.get(shard);
    return owned !== undefined && owned.loaded && owned.ending === undefined ? owned : undefined;
  }

  find(shard: number): OwnedShard | undefined {
    return this.owned.get(shard);
  }

  all(): Iterable<OwnedShard> {
    return this.owned.values();
  }

  get size(): number {
    return this.owned.size;
  }

  readonly claimed = (lease: Lease): void => {
    const { laneBudget, windowBudget } = this.options;
    const lanes = new ShardLanes(lease, laneBudget, windowBudget);
    const owned: OwnedShard = { lanes, position: UNREAD, checked: false, openings: 0, repairing: false, repairAgain: false, loaded: false, ending: undefined };
    this.owned.set(lease.shard, owned);
    ownedShards.set(this.owned.size);
    void this.takeOver(owned);
  };

  readonly lost = (lease: Lease): void => {
    const owned = this.owned.get(lease.shard);
    if (owned?.lanes.lease !== lease) return;
    this.options.logger.warn({ shard: lease.shard, epoch: lease.epoch }, 'The shard has another owner now');
    this.forget(owned);
  };

  readonly doubted = (lease: Lease): void => {
    const owned = this.owned.get(lease.shard);
    if (owned === undefined) return;
    this.options.logger.warn({ shard: lease.shard }, 'The lease could not be renewed in time: nothing is sent until it is');
    owned.lanes.active = false;
    owned.lanes.abortAll();
  };

  readonly resumed = (lease: Lease): void => {
    const owned = this.owned.get(lease.shard);
    // Being taken or handed over: that decides on its own.
    if (owned === undefined || owned.ending !== undefined || !owned.loaded) return;
    this.activate(owned);
  };

  /** Hands everything over. Resolves when all leases are released. */
  async end(): Promise<void> {
    this.options.keeper.want([]);
    await Promise.all([...this.owned.values()].map((owned) => this.handOver(owned)));
  }

  /** Reads the log from this offset on: after a gap was repaired. */
  readFrom(owned: OwnedShard, offset: number): void {
    if (owned.lanes.dropped || owned.ending !== undefined) return;
    owned.position = { nextOffset: offset, lastEventId: undefined };
    owned.checked = true;
    this.openPartition(owned);
  }

  private async takeOver(owned: OwnedShard): Promise<void> {
    const { lanes } = owned;
    const { loader, admissions, logger } = this.options;
    const position = await whileOwned(owned, logger, 'The shard could not be loaded', async () => {
      await loader.scan(lanes);
      return (await admissions.cursors([lanes.shard])).get(lanes.shard) ?? UNREAD;
    });
    if (position === undefined) return;
    owned.position = position;
    owned.loaded = true;
    logger.info({ shard: lanes.shard, epoch: lanes.lease.epoch, lanes: lanes.size, complete: lanes.coverage.isComplete }, 'Took the shard');
    this.activate(owned);
    this.open(owned);
  }

  /** What is read first then tells whether the log is still the one that was read before. */
  private open(owned: OwnedShard): void {
    if (owned.repairing) owned.repairAgain = true;
    else {
      owned.checked = false;
      this.openPartition(owned);
    }
  }

  private openPartition(owned: OwnedShard): void {
    owned.openings += 1;
    this.options.gate.open(owned.lanes.shard, openingOffset(owned.position));
  }

  private activate({ lanes }: OwnedShard): void {
    lanes.active = true;
    this.options.runner.resume(lanes);
  }

  private handOver(owned: OwnedShard): Promise<void> {
    owned.ending ??= this.drain(owned);
    return owned.ending;
  }

  private async drain(owned: OwnedShard): Promise<void> {
    const { lanes } = owned;
    const { gate, keeper, logger, drainTimeoutMs } = this.options;
    gate.shut(lanes.shard);
    lanes.active = false;
    const deadlineMs = performance.now() + drainTimeoutMs;
    while (lanes.busy.size > 0 && !lanes.dropped && performance.now() < deadlineMs) await pause();
    lanes.abortAll();
    // What has ended is written all the same: the lease is renewed until then.
    const outcomesDeadlineMs = performance.now() + 2_000;
    while (lanes.busy.size > 0 && !lanes.dropped && performance.now() < outcomesDeadlineMs) await pause();
    if (lanes.dropped) return;
    this.forget(owned);
    try {
      await keeper.release(lanes.lease);
      logger.info({ shard: lanes.shard, epoch: lanes.lease.epoch }, 'Handed the shard over');
    } catch (error) {
      logger.warn({ err: error, shard: lanes.shard }, 'The lease could not be released yet; it is tried again until it expires');
    }
  }

  private forget(owned: OwnedShard): void {
    this.options.gate.shut(owned.lanes.shard);
    owned.lanes.drop();
    if (this.owned.get(owned.lanes.shard) === owned) this.owned.delete(owned.lanes.shard);
    ownedShards.set(this.owned.size);
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
