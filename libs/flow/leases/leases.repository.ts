import { Injectable } from '@nestjs/common';
import type { Config } from '#ground/config/config';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import { InjectConfig } from '#ground/process/process-context';
import { ProcessIdentity } from '#ground/process/process-identity';
import type { Database } from '#ground/postgres/pool';
import { acquireLease } from './acquire-lease.queries.js';
import type { LeaseRow } from './lease-watch.js';
import { releaseLeases } from './release-leases.queries.js';
import { renewLeases } from './renew-leases.queries.js';
import { watchLeases } from './watch-leases.queries.js';

export interface HeldLease {
  readonly shard: number;
  readonly epoch: number;
}

/** The leases in Postgres. */
@Injectable()
export class LeasesRepository {
  /** This process, as the leases name it. */
  readonly owner: string;
  private readonly ttlMs: number;

  constructor(@InjectDatabase('leases') private readonly database: Database, @InjectConfig() { leaseTtlMs }: Pick<Config, 'leaseTtlMs'>, { id }: ProcessIdentity) {
    this.owner = id;
    this.ttlMs = leaseTtlMs;
  }

  watch(): Promise<LeaseRow[]> {
    return watchLeases.run(undefined, this.database);
  }

  /** @returns the new epoch, or undefined when the lease is not as it was seen any more */
  async acquire(seen: LeaseRow): Promise<number | undefined> {
    const { shard, epoch, renewals } = seen;
    const [row] = await acquireLease.run({ owner: this.owner, ttlMs: this.ttlMs, shard, epoch, renewals }, this.database);
    return row?.epoch;
  }

  /** @returns the shards whose lease is still ours, and renewed */
  async renew(leases: readonly HeldLease[]): Promise<number[]> {
    const rows = await renewLeases.run({ ttlMs: this.ttlMs, ...columns(leases) }, this.database);
    return rows.map(({ shard }) => shard);
  }

  async release(leases: readonly HeldLease[]): Promise<void> {
    await releaseLeases.run(columns(leases), this.database);
  }
}

function columns(leases: readonly HeldLease[]): { shards: number[]; epochs: number[] } {
  return { shards: leases.map(({ shard }) => shard), epochs: leases.map(({ epoch }) => epoch) };
}
