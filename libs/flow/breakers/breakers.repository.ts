import { Injectable } from '@nestjs/common';
import { type BreakerChange, type BreakerCounts, type BreakerState, NEVER_FAILED, type SharedBreaker } from '#domain/breaker';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { changeBreakers } from './change-breakers.queries.js';
import { disableFailing } from './disable-failing.queries.js';
import { type IReadBreakersResult, readBreakers } from './read-breakers.queries.js';
import { reportAttempts } from './report-attempts.queries.js';

/** Of one endpoint, by its narrow key. */
export interface OfEndpoint<Value> {
  readonly endpoint: number;
  readonly value: Value;
}

export interface ReadBreaker {
  readonly endpoint: number;
  readonly shared: SharedBreaker;
  /** Nothing was delivered for as long as the endpoint's `disableAfter`. */
  readonly isOverdue: boolean;
}

export interface BreakersRead {
  /** The run of the server: after a restart or a failover it may lack what was read before. */
  readonly server: string;
  readonly snapshot: string;
  readonly breakers: readonly ReadBreaker[];
}

export interface BreakerChanged {
  /** The endpoint's UUID. */
  readonly endpointId: string;
  readonly state: BreakerState;
  readonly formerState: BreakerState;
  readonly ended: number;
  readonly failed: number;
}

/** Before every snapshot: a read since then gets all breakers. */
export const NOTHING_READ = '0';

/** The breakers in Postgres, shared by all dispatchers. */
@Injectable()
export class BreakersRepository {
  constructor(@InjectDatabase('breakers') private readonly database: Database) {}

  async report(reports: readonly OfEndpoint<BreakerCounts>[]): Promise<void> {
    await reportAttempts.run({
      endpoints: reports.map(({ endpoint }) => endpoint),
      versions: reports.map(({ value }) => value.version),
      ended: reports.map(({ value }) => value.ended),
      failed: reports.map(({ value }) => value.failed),
      delivered: reports.map(({ value }) => value.delivered),
      endsUndelivered: reports.map(({ value }) => value.endsUndelivered),
      retryAfterMs: reports.map(({ value }) => value.retryAfterMs),
    }, this.database);
  }

  /**
   * What has changed since a snapshot.
   * @param prober this process
   */
  async read(since: string, prober: string): Promise<BreakersRead> {
    // Before the statement: a claim never seems longer than it is.
    const sentAtMs = performance.now();
    const rows = await readBreakers.run({ since }, this.database);
    const [first] = rows;
    if (first === undefined) throw new Error('The breakers were read without a snapshot');
    return { server: first.server, snapshot: first.snapshot, breakers: rows.flatMap((row) => readBreakerOf(row, sentAtMs, prober)) };
  }

  /** Makes those of the changes whose version is still the breaker's, and audits them. */
  changeAll(changes: readonly OfEndpoint<BreakerChange>[], prober: string): Promise<BreakerChanged[]> {
    return changeBreakers.run({
      prober,
      endpoints: changes.map(({ endpoint }) => endpoint),
      versions: changes.map(({ value }) => value.version),
      states: changes.map(({ value }) => value.state),
      openings: changes.map(({ value }) => value.openings),
      waitsMs: changes.map(({ value }) => value.waitMs),
    }, this.database);
  }

  /** @returns the endpoints that were disabled */
  async disableFailing(endpoints: readonly number[]): Promise<number[]> {
    return (await disableFailing.run({ endpoints: [...endpoints] }, this.database)).map(({ id }) => id);
  }
}

function readBreakerOf(row: IReadBreakersResult, sentAtMs: number, prober: string): ReadBreaker[] {
  const { endpoint, version, state, openings, sinceMs, probeInMs, ended, failed, failingForMs, retryInMs } = row;
  if (endpoint === null || version === null || state === null) return [];
  const shared: SharedBreaker = {
    version, state, openings: openings ?? 0,
    sinceMs: sinceMs === null ? NEVER_FAILED.sinceMs : sentAtMs - sinceMs,
    probeAtMs: probeInMs === null ? NEVER_FAILED.probeAtMs : sentAtMs + probeInMs,
    isProber: row.prober === prober,
    claimedAtMs: row.claimedForMs === null ? NEVER_FAILED.claimedAtMs : sentAtMs - row.claimedForMs,
    ended: ended ?? 0, failed: failed ?? 0,
    failingSinceMs: failingForMs === null ? NEVER_FAILED.failingSinceMs : sentAtMs - failingForMs,
    retryAtMs: retryInMs === null ? NEVER_FAILED.retryAtMs : sentAtMs + retryInMs,
    isUndelivered: row.isUndelivered === true,
  };
  return [{ endpoint, shared, isOverdue: row.isOverdue === true }];
}
