import type { Payloads } from '#flow/lanes/lane-intake';
import type { StatementSource } from '#flow/lanes/shard-coverage';
import { repairedEvents } from './admission.metrics.js';
import type { ShardAdmission } from './admission.repository.js';
import type { AdmissionResult, AdmissionService } from './admission.service.js';
import type { LeaseKeeper } from '#flow/leases/lease-keeper';
import type { Logger } from '#ground/telemetry/logger';
import type { OwnedShard } from '#flow/shards/owned-shard';

const NO_PAYLOADS: Payloads = new Map();
/** Events from Postgres in one statement; see AdmissionService. */
const CHUNK = 500;

/** Admits for shards that are owned here, and tells what that says about the ownership. */
export class ShardAdmitter {
  constructor(
    private readonly admissions: AdmissionService,
    private readonly keeper: LeaseKeeper,
    private readonly logger: Logger,
  ) {}

  async admit({ lanes }: OwnedShard, source: StatementSource, admission: Omit<ShardAdmission, 'shard' | 'epoch'>, payloads: Payloads): Promise<AdmissionResult> {
    const { shard, lease } = lanes;
    const result = await this.admissions.admit({ ...admission, shard, epoch: lease.epoch, lanes, payloads, source });
    switch (result.kind) {
      case 'fenced':
        this.keeper.fenced(lease);
        return result;
      case 'admitted':
        return lanes.dropped ? { kind: 'fenced' } : result;
      case 'unknown':
        this.logger.warn({ err: result.error, shard }, 'Cannot admit events; trying again');
        return result;
      case 'refused':
        return result;
    }
  }

  /**
   * Admits events that are in Postgres, in the order given; those that Postgres refuses are left out.
   * @returns how many were not admitted before; fewer than there were when the shard is lost meanwhile
   * @throws when Postgres could not be asked; what was admitted so far stays so
   */
  async admitStored(owned: OwnedShard, source: StatementSource, eventIds: readonly string[]): Promise<number> {
    let admitted = 0;
    for (let at = 0; at < eventIds.length && !owned.lanes.dropped; at += CHUNK) admitted += await this.admitChunk(owned, source, eventIds.slice(at, at + CHUNK));
    return admitted;
  }

  private async admitChunk(owned: OwnedShard, source: StatementSource, eventIds: readonly string[]): Promise<number> {
    const result = await this.admit(owned, source, { eventIds, parked: [], nextOffset: undefined, caughtUp: false }, NO_PAYLOADS);
    switch (result.kind) {
      case 'fenced':
        return 0;
      case 'unknown':
        throw new Error('The admission got no answer', { cause: result.error });
      case 'refused':
        return this.admitHalves(owned, source, eventIds);
      case 'admitted':
        repairedEvents.inc(result.admitted);
        return result.admitted;
    }
  }

  private async admitHalves(owned: OwnedShard, source: StatementSource, eventIds: readonly string[]): Promise<number> {
    if (eventIds.length === 1) {
      this.logger.error({ shard: owned.lanes.shard, eventId: eventIds[0] }, 'Postgres can not hold what admitting an event writes: it is left out');
      return 0;
    }
    const half = eventIds.length >> 1;
    return (await this.admitChunk(owned, source, eventIds.slice(0, half))) + (await this.admitChunk(owned, source, eventIds.slice(half)));
  }
}
