import { Inject, Injectable } from '@nestjs/common';
import { InjectLogger } from '#ground/process/process-context';
import { GroupCommit } from '#ground/postgres/group-commit';
import { StatementSize } from '#ground/postgres/statement-size';
import { type DeliveryKey, NIL_ID } from '#domain/ids';
import { EndpointDirectory } from '#flow/delivery/endpoint-directory';
import type { Logger } from '#ground/telemetry/logger';
import { AdmissionProgress } from './admission-progress.js';
import { LaneBudget } from './lane-budget.js';
import { LanePlacer } from './lane-placer.js';
import { LaneRunner } from './lane-runner.js';
import { lanesRepaired } from './lanes.metrics.js';
import { LanesRepository, type PendingLane } from './lanes.repository.js';
import type { LaneRecord, ShardLanes } from './shard-lanes.js';

const PAGE = 1_000;
const FIRST_DELIVERY: DeliveryKey = { eventId: NIL_ID, endpoint: 0, replay: 0 };

/** Brings lanes with something pending from Postgres into memory: by scans of a shard, and one by one. */
@Injectable()
export class LaneLoader {
  private readonly reads: GroupCommit<{ shard: number; lane: number }, PendingLane | undefined>;
  private readonly placer: LanePlacer;
  private readonly pageSize = new StatementSize();

  constructor(
    @Inject(LanesRepository) private readonly lanes: Pick<LanesRepository, 'pendingLanes' | 'pendingUnordered' | 'findLanes'>,
    @Inject(LaneRunner) private readonly runner: Pick<LaneRunner, 'ready' | 'wait' | 'removeAtIdle'>,
    private readonly budget: LaneBudget,
    private readonly progress: AdmissionProgress,
    @Inject(EndpointDirectory) private readonly endpoints: Pick<EndpointDirectory, 'requireVersion'>,
    @InjectLogger() private readonly logger: Logger,
  ) {
    this.placer = new LanePlacer(runner, budget);
    this.reads = new GroupCommit({ maxItems: PAGE, isRepeatable: true, commit: (wanted) => lanes.findLanes(wanted) });
  }

  /**
   * Scans the shard's pending lanes, page by page, and adds to memory what it does not know. See ShardCoverage for what
   * the shard's state is afterwards.
   * @param whole look at every page; otherwise the scan leaves out endpoints that have used up their share of the lane
   *   budget, and ends when the budget is nearly used up
   */
  async scan(shard: ShardLanes, whole = false): Promise<void> {
    const { coverage } = shard;
    coverage.beginScan();
    try {
      const repaired = (await this.scanLanes(shard, whole)) + (await this.scanUnordered(shard, whole));
      coverage.endScan();
      if (repaired > 0) this.logger.error({ shard: shard.shard, lanes: repaired }, 'Lanes with pending deliveries were not in memory as Postgres has them: this scan loads them, or the next');
    } catch (error) {
      coverage.abandonScan();
      throw error;
    }
  }

  /** Takes a lane from Postgres after an operator's action has moved it. A lane in memory is removed at its idle point first. */
  reload(shard: ShardLanes, lane: number): void {
    const record = shard.find({ kind: 'lane', lane });
    if (record === undefined) void this.read(shard, lane);
    else this.runner.removeAtIdle(record, () => void this.read(shard, lane));
  }

  private async read(shard: ShardLanes, lane: number): Promise<void> {
    shard.coverage.close(lane);
    let pending: PendingLane | undefined;
    try {
      pending = await this.reads.add({ shard: shard.shard, lane });
      // An older admission may still bring a delivery that was sent and settled since: it must meet the lane closed.
      await this.progress.caughtUp();
    } catch (error) {
      this.logger.warn({ err: error, shard: shard.shard, lane }, 'Cannot load a lane; the next scan of the shard loads it');
    } finally {
      shard.coverage.reopen(lane);
    }
    if (pending === undefined || shard.lease.isLost) return;
    this.endpoints.requireVersion(pending.endpoint, pending.endpointVersion);
    this.placer.place(shard, pending);
  }

  private async scanLanes(shard: ShardLanes, whole: boolean): Promise<number> {
    let repaired = 0;
    for (let after = 0; ; ) {
      const leftOut = this.leaveOut(shard, whole);
      shard.coverage.beginPage();
      const limit = this.pageSize.of(PAGE);
      const page = await this.pageSize.run(limit, () => this.lanes.pendingLanes(shard.shard, after, limit, leftOut), (rows) => rows.length);
      repaired += await this.placeAll(shard, page);
      const last = page.at(-1)?.name;
      if (last?.kind === 'lane') after = last.lane;
      if (page.length < limit || this.endsEarly(shard, whole)) return repaired;
    }
  }

  private async scanUnordered(shard: ShardLanes, whole: boolean): Promise<number> {
    let repaired = 0;
    for (let after = FIRST_DELIVERY; ; ) {
      const leftOut = this.leaveOut(shard, whole);
      shard.coverage.beginPage();
      const limit = this.pageSize.of(PAGE);
      const page = await this.pageSize.run(limit, () => this.lanes.pendingUnordered(shard.shard, after, limit, leftOut), (rows) => rows.length);
      repaired += await this.placeAll(shard, page);
      after = page.at(-1)?.delivery ?? after;
      if (page.length < limit || this.endsEarly(shard, whole)) return repaired;
    }
  }

  private leaveOut({ coverage }: ShardLanes, whole: boolean): readonly number[] {
    const endpoints = whole ? [] : this.budget.nearlyFullEndpoints;
    coverage.leaveOutLanesOf(endpoints);
    return endpoints;
  }

  private endsEarly(shard: ShardLanes, whole: boolean): boolean {
    if (shard.lease.isLost) return true;
    if (whole || !this.budget.isNearlyFull) return false;
    shard.coverage.leaveOut();
    return true;
  }

  /** @returns how many of the lanes should have been in memory and were not */
  private async placeAll(shard: ShardLanes, page: readonly PendingLane[]): Promise<number> {
    const { coverage } = shard;
    // What an admission brought whose answer is under way is no fault.
    if (coverage.isAuditing) await this.progress.caughtUp();
    const versions = new Map(page.map(({ endpoint, endpointVersion }) => [endpoint, endpointVersion]));
    for (const [endpoint, version] of versions) this.endpoints.requireVersion(endpoint, version);
    let repaired = 0;
    for (const pending of page) {
      if (shard.lease.isLost) return repaired;
      const audits = coverage.isAuditing;
      const placement = this.placer.place(shard, pending);
      if (placement === 'left-out') coverage.leaveOut();
      if (placement === 'overtaken') this.reloadOvertaken(shard.find(pending.name));
      if (!audits || placement === 'known') continue;
      repaired += 1;
      lanesRepaired.inc();
    }
    return repaired;
  }

  private reloadOvertaken(record: LaneRecord | undefined): void {
    if (record === undefined) return;
    // Until it is reloaded, which may be after this scan.
    record.shard.coverage.leaveOut();
    if (record.name.kind === 'lane') this.reload(record.shard, record.name.lane);
    else this.runner.removeAtIdle(record, () => record.shard.coverage.markIncomplete());
  }
}
