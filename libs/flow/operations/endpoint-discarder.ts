import type { EndpointTarget } from '#flow/delivery/endpoint-directory';
import type { LanesRepository } from '#flow/lanes/lanes.repository';
import type { LeaseKeeper } from '#flow/leases/lease-keeper';
import type { Logger } from '#ground/telemetry/logger';
import { deliveriesTotal } from '#flow/lanes/lanes.metrics';
import type { OwnedShard } from '#flow/shards/owned-shard';
import type { ShardSupervisor } from '#flow/shards/shard-supervisor';

// 500 rows a statement: others of the shard wait for the fence's lock no longer than for an admission.
const LIMIT = 500;

/**
 * Discards what waits for deleted endpoints, on the shards that are owned here, while no attempt to them is under way.
 * What can't be discarded now (Postgres is away, a lease is in doubt) is tried again with each sweep.
 */
export class EndpointDiscarder {
  private readonly targets = new Map<number, EndpointTarget>();
  private readonly working = new Set<string>();
  private readonly done = new Set<string>();

  constructor(
    private readonly lanes: LanesRepository,
    private readonly supervisor: ShardSupervisor,
    private readonly keeper: LeaseKeeper,
    private readonly logger: Logger,
  ) {}

  /** There may be something to discard for this endpoint. */
  discard(target: EndpointTarget): void {
    this.targets.set(target.id, target);
    for (const owned of this.supervisor.all()) this.done.delete(workOf(owned, target));
    this.sweep();
  }

  /** Goes on with what is left to do. */
  sweep(): void {
    for (const target of this.targets.values()) {
      for (const owned of this.supervisor.all()) {
        const work = workOf(owned, target);
        if (owned.lanes.active && !this.done.has(work) && !this.working.has(work)) void this.discardOn(owned, target, work);
      }
    }
  }

  private async discardOn({ lanes }: OwnedShard, target: EndpointTarget, work: string): Promise<void> {
    this.working.add(work);
    // Before the first statement: what is said while it runs is looked at again.
    this.done.add(work);
    try {
      for (let discarded = LIMIT; discarded === LIMIT && !lanes.dropped; ) {
        // Its deliveries are discarded behind the lanes' back.
        lanes.coverage.markIncomplete();
        const result = await this.lanes.discardEndpoint(lanes.shard, lanes.lease.epoch, target.id, LIMIT);
        if (!result.held) return this.keeper.fenced(lanes.lease);
        ({ discarded } = result);
        deliveriesTotal.inc({ outcome: 'discarded' }, discarded);
      }
      for (const record of [...lanes.all()]) if (record.endpoint === target.id) lanes.remove(record);
      // An admission may have added lanes in the meantime: the next scan finds what was removed with the others.
      lanes.coverage.markIncomplete();
    } catch (error) {
      this.done.delete(work);
      this.logger.warn({ err: error, endpoint: target.publicId, shard: lanes.shard }, 'Deliveries of a deleted endpoint could not be discarded; trying again');
    } finally {
      this.working.delete(work);
    }
  }
}

function workOf({ lanes }: OwnedShard, target: EndpointTarget): string {
  return `${lanes.shard}/${lanes.lease.epoch}/${target.id}`;
}
