import type { EndpointTarget } from '#endpoints/endpoint-directory';
import type { LanesRepository } from '#lanes/lanes.repository';
import type { LeaseKeeper } from '#ownership/lease-keeper';
import type { Logger } from '#telemetry/logger';
import { deliveriesTotal } from './dispatch.metrics.js';
import type { OwnedShard } from './owned-shard.js';
import type { ShardSupervisor } from './shard-supervisor.js';

// 500 rows a statement: others of the shard wait for the fence's lock no longer than for an admission.
const LIMIT = 500;

/** Discards what waits for a deleted endpoint, on the shards that are owned here, while no attempt to it is under way. */
export class EndpointDiscarder {
  private readonly working = new Set<string>();

  constructor(
    private readonly lanes: LanesRepository,
    private readonly supervisor: ShardSupervisor,
    private readonly keeper: LeaseKeeper,
    private readonly logger: Logger,
  ) {}

  discard(target: EndpointTarget): void {
    for (const owned of this.supervisor.all()) void this.discardOn(owned, target);
  }

  private async discardOn(owned: OwnedShard, target: EndpointTarget): Promise<void> {
    const { lanes } = owned;
    const work = `${lanes.shard}/${lanes.lease.epoch}/${target.id}`;
    if (!lanes.active || this.working.has(work)) return;
    this.working.add(work);
    try {
      for (let discarded = LIMIT; discarded === LIMIT && !lanes.dropped; ) {
        const result = await this.lanes.discardEndpoint(lanes.shard, lanes.lease.epoch, target.id, LIMIT);
        if (!result.held) return this.keeper.fenced(lanes.lease);
        ({ discarded } = result);
        deliveriesTotal.inc({ outcome: 'discarded' }, discarded);
      }
      for (const record of [...lanes.all()]) if (record.endpoint === target.id) lanes.remove(record);
    } catch (error) {
      this.logger.warn({ err: error, endpoint: target.publicId, shard: lanes.shard }, 'Deliveries of a deleted endpoint could not be discarded; trying again');
    } finally {
      this.working.delete(work);
    }
  }
}
