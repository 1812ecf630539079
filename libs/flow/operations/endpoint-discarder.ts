import { Injectable } from '@nestjs/common';
import type { EndpointTarget } from '#flow/delivery/endpoint-directory';
import { EndpointActivity } from '#flow/lanes/endpoint-activity';
import { LaneRunner } from '#flow/lanes/lane-runner';
import { LanesRepository } from '#flow/lanes/lanes.repository';
import { OpenShards } from '#flow/lanes/open-shards';
import type { ShardLanes } from '#flow/lanes/shard-lanes';
import { StatementSize } from '#ground/postgres/statement-size';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';

const INTERVAL_MS = 1_000;
// 500 rows a statement: others of the shard wait for the fence's lock no longer than for an admission.
const LIMIT = 500;

/**
 * Discards what waits for deleted endpoints on the shards that are owned here, while no attempt to them is under way. What
 * cannot be discarded now (Postgres is away, a lease is suspended) is tried again once a second.
 */
@Injectable()
export class EndpointDiscarder {
  private readonly targets = new Map<number, EndpointTarget>();
  private readonly working = new Set<string>();
  private readonly done = new Set<string>();
  private readonly size = new StatementSize();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly lanes: LanesRepository,
    private readonly shards: OpenShards,
    runner: LaneRunner,
    private readonly activity: EndpointActivity,
    @InjectLogger() private readonly logger: Logger,
  ) {
    runner.onEndpointDeleted((target) => this.discard(target));
  }

  start(): void {
    this.timer = setInterval(() => this.sweep(), INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** There may be something to discard for this endpoint. */
  private discard(target: EndpointTarget): void {
    this.targets.set(target.id, target);
    for (const shard of this.shards.all()) this.done.delete(workOf(shard, target));
    this.sweep();
  }

  private sweep(): void {
    for (const target of this.targets.values()) {
      for (const shard of this.shards.active()) {
        const work = workOf(shard, target);
        if (!this.done.has(work) && !this.working.has(work)) void this.discardOn(shard, target, work);
      }
    }
  }

  private async discardOn(shard: ShardLanes, target: EndpointTarget, work: string): Promise<void> {
    const { lease, coverage } = shard;
    this.working.add(work);
    // Before the first statement: what is reported while it runs is looked at again.
    this.done.add(work);
    try {
      for (let hasMore = true; hasMore && !lease.isLost; ) {
        const limit = this.size.of(LIMIT);
        const { held, discarded } = await this.size.run(limit, () => this.lanes.discardEndpoint(lease.shard, lease.epoch, target.id, limit), (batch) => batch.discarded);
        if (!held) return lease.fenced();
        hasMore = discarded === limit;
        this.activity.onDiscarded(target.id, discarded);
      }
      for (const record of [...shard.all()]) if (record.endpoint === target.id) shard.remove(record);
      // An admission may have added a lane in the meantime, which is removed now: the next scan finds its deliveries.
      coverage.markIncomplete();
    } catch (error) {
      this.done.delete(work);
      this.logger.warn({ err: error, endpoint: target.publicId, shard: lease.shard }, 'Cannot discard the deliveries of a deleted endpoint; trying again');
    } finally {
      this.working.delete(work);
    }
  }
}

function workOf({ lease }: ShardLanes, target: EndpointTarget): string {
  return `${lease.shard}/${lease.epoch}/${target.id}`;
}
