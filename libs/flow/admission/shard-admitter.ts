import type { AdmissionService } from './admission.service.js';
import { repairedEvents } from './admission.metrics.js';
import type { ShardAdmission, ShardVerdict } from './admission.repository.js';
import { isPoison } from '#ground/postgres/sql-errors';
import type { LeaseKeeper } from '#flow/leases/lease-keeper';
import type { Logger } from '#ground/telemetry/logger';
import type { IntakeSource } from '#flow/lanes/lane-intake';
import type { OwnedShard } from '#flow/shards/owned-shard';

type Admitted = Extract<ShardVerdict, { kind: 'admitted' }>;
type Payloads = IntakeSource['payloads'];

const NO_PAYLOADS: Payloads = new Map();
/** Events from Postgres in one statement; see AdmissionService. */
const CHUNK = 500;

/** Admits for shards that are owned here, and tells what that says about the ownership. */
export class ShardAdmitter {
  constructor(
    private readonly admissions: AdmissionService<IntakeSource>,
    private readonly keeper: LeaseKeeper,
    private readonly logger: Logger,
  ) {}

  async admit({ lanes }: OwnedShard, admission: Omit<ShardAdmission, 'shard' | 'epoch'>, payloads: Payloads): Promise<Admitted | 'fenced' | 'failed' | 'poison'> {
    const { shard, lease } = lanes;
    try {
      const verdict = await this.admissions.admit({ ...admission, shard, epoch: lease.epoch, source: { lanes, payloads } });
      if (verdict.kind === 'admitted') return lanes.dropped ? 'fenced' : verdict;
      this.keeper.fenced(lease);
      return 'fenced';
    } catch (error) {
      if (isPoison(error)) return 'poison';
      this.logger.warn({ err: error, shard }, 'Events could not be admitted; trying again');
      // It may have been committed all the same. Then they come as duplicates, of which nobody tells the lanes.
      lanes.miss();
      return 'failed';
    }
  }

  /**
   * Admits events that are in Postgres, in the order given; those that Postgres refuses are left out.
   * @returns how many were not admitted before; fewer than there were when the shard is lost meanwhile
   * @throws when Postgres could not be asked; what was admitted so far stays so
   */
  async admitStored(owned: OwnedShard, eventIds: readonly string[]): Promise<number> {
    let admitted = 0;
    for (let at = 0; at < eventIds.length && !owned.lanes.dropped; at += CHUNK) admitted += await this.admitChunk(owned, eventIds.slice(at, at + CHUNK));
    return admitted;
  }

  private async admitChunk(owned: OwnedShard, eventIds: readonly string[]): Promise<number> {
    const verdict = await this.admit(owned, { eventIds, parked: [], nextOffset: undefined, caughtUp: false }, NO_PAYLOADS);
    if (verdict === 'fenced') return 0;
    if (verdict === 'failed') throw new Error('The admission failed');
    if (verdict === 'poison') return this.admitHalves(owned, eventIds);
    repairedEvents.inc(verdict.admitted);
    return verdict.admitted;
  }

  private async admitHalves(owned: OwnedShard, eventIds: readonly string[]): Promise<number> {
    if (eventIds.length === 1) {
      this.logger.error({ shard: owned.lanes.shard, eventId: eventIds[0] }, 'Postgres can not hold what admitting an event writes: it is left out');
      return 0;
    }
    const half = eventIds.length >> 1;
    return (await this.admitChunk(owned, eventIds.slice(0, half))) + (await this.admitChunk(owned, eventIds.slice(half)));
  }
}
