import { elapsedMs, type Moment } from '#domain/clock';

/** A lease's row as the database shows it. */
export interface LeaseRow {
  readonly shard: number;
  readonly epoch: number;
  readonly owner: string | null;
  readonly renewals: number;
  readonly expired: boolean;
}

interface Observation {
  readonly row: LeaseRow;
  readonly unchangedSince: Moment;
}

/**
 * What this process has seen of all leases over time. A lease that expired by the database's clock may still be in
 * use by an owner whose renewals were slow, or whose database's clock was stepped; so it is free only when it has
 * also been unchanged for a whole TTL by this process's own clock.
 */
export class LeaseWatch {
  private readonly seen = new Map<number, Observation>();

  constructor(private readonly ttlMs: number) {}

  observe(rows: readonly LeaseRow[], at: Moment): void {
    for (const row of rows) {
      const before = this.seen.get(row.shard);
      const unchanged = before !== undefined && before.row.epoch === row.epoch && before.row.renewals === row.renewals && before.row.owner === row.owner;
      this.seen.set(row.shard, { row, unchangedSince: unchanged ? before.unchangedSince : at });
    }
  }

  /** The lease as it was last seen, if it is free: released, or expired and unchanged for a TTL. */
  availableLease(shard: number, at: Moment): LeaseRow | undefined {
    const observation = this.seen.get(shard);
    if (observation === undefined) return undefined;
    const { row, unchangedSince } = observation;
    if (row.owner === null) return row;
    return row.expired && elapsedMs(unchangedSince, at) >= this.ttlMs ? row : undefined;
  }
}
