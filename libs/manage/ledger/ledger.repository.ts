import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import { toPublicId } from '#domain/ids';
import { InjectPool } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { checkAdmissions } from './check-admissions.queries.js';
import { checkAttempts } from './check-attempts.queries.js';
import { checkCatchUps } from './check-catch-ups.queries.js';
import { checkEndpoints } from './check-endpoints.queries.js';
import { checkHalts } from './check-halts.queries.js';
import { checkKeys } from './check-keys.queries.js';
import { checkOutbox } from './check-outbox.queries.js';
import { checkReplays } from './check-replays.queries.js';
import { checkRoutes } from './check-routes.queries.js';
import { checkSequences } from './check-sequences.queries.js';
import { checkWaiting } from './check-waiting.queries.js';
import { joined, LAST_ID, ofDay, type Span, withoutViews } from './day-tables.js';
import { findOddAdmissions } from './find-odd-admissions.queries.js';
import { findOddAttempts } from './find-odd-attempts.queries.js';
import { findOddRoutes } from './find-odd-routes.queries.js';
import { findOldest } from './find-oldest.queries.js';
import { findStuck } from './find-stuck.queries.js';
import { deliveryOf, eventOf, Findings, laneOf } from './findings.js';
import { type EndpointLedger, type LedgerFindings, NO_ROUTES, type RouteCounts, type ShardPosition, sumRoutes } from './ledger.js';
import { type DaySums, endpointsWithOtherCatchUps, type LedgerSums, type Suspicions, suspicionsOf } from './ledger-sums.js';
import { type IListDaysResult, listDays } from './list-days.queries.js';
import { type IListEndpointsResult, listEndpoints } from './list-endpoints.queries.js';
import { type IListRetiredDeliveriesResult, listRetiredDeliveries } from './list-retired-deliveries.queries.js';
import { type IListRetiredEventsResult, listRetiredEvents } from './list-retired-events.queries.js';
import { listTenants } from './list-tenants.queries.js';
import { readMoment } from './read-moment.queries.js';
import { type IReadShardsResult, readShards } from './read-shards.queries.js';
import { inSnapshot, type Run, type Snapshot } from './snapshot.js';
import { sumAttempts } from './sum-attempts.queries.js';
import { sumCatchUps } from './sum-catch-ups.queries.js';
import { type ISumDeliveriesResult, sumDeliveries } from './sum-deliveries.queries.js';
import { sumEvents } from './sum-events.queries.js';
import { type ISumInboxResult, sumInbox } from './sum-inbox.queries.js';
import { sumKeys } from './sum-keys.queries.js';
import { sumLanes } from './sum-lanes.queries.js';

const MAX_EXAMPLES = 10;

/**
 * Longest time from an event's acceptance until the relay can see it: above the limit of every transaction, because
 * later statements may commit earlier.
 */
const BOUND_SECONDS = 60;

/** Younger events are joined with the inbox row by row, because some of them are not admitted yet. */
const SETTLED_SECONDS = 120;

const SETTINGS = {
  // Hash joins that stay in memory up to a million rows a day, day by day (partition-wise).
  work_mem: '256MB',
  enable_partitionwise_join: 'on',
  enable_partitionwise_aggregate: 'on',
  // After many changes the planner's estimates are too low: nested loops over 10,000 rows took a minute. Statements that
  // need look-ups by key force them.
  enable_nestloop: 'off',
  // Whole tables are read: a second free core halves the time.
  max_parallel_workers_per_gather: '4',
  // With the values of the bounds the planner excludes the partitions of other days.
  plan_cache_mode: 'force_custom_plan',
  // The transaction waits for answers of Kafka.
  idle_in_transaction_session_timeout: '60s',
} as const;

/**
 * For joins of millions of rows: batches that fit into the processor's cache, and one process per core. Ten million keys
 * take 2.9 s on two cores, and 3.7 s with the settings above.
 */
const JOIN_SETTINGS = { work_mem: '4MB', max_parallel_workers_per_gather: '2' } as const;

/** The records in a shard's log have offsets in [start, end). */
export interface LogBounds {
  readonly start: number;
  readonly end: number;
}

export interface LedgerQuestion {
  /** Deliveries that nothing has held up for this long are violations. Undefined: not checked. */
  readonly olderThanMs?: number | undefined;
  /** Reads the logs' bounds by shard. Undefined: Kafka is not compared. */
  readonly readLogs?: (() => Promise<ReadonlyMap<number, LogBounds>>) | undefined;
  /** Aborts the reading and cuts its connections. */
  readonly signal?: AbortSignal | undefined;
}

/** Reads the ledger: counts, and compares records that were written independently of each other. */
@Injectable()
export class LedgerRepository {
  /** @param pool all of its connections read concurrently */
  constructor(@InjectPool('ledger') private readonly pool: pg.Pool) {}

  /**
   * Reads everything from one snapshot, so that concurrent changes do not look like differences.
   * @throws what Postgres throws, and what `readLogs` does
   */
  async read(question: LedgerQuestion): Promise<LedgerFindings> {
    // Locked, so that a day that is retired later keeps its partitions until the end of the reading.
    const options = { settings: SETTINGS, tables: ['events', 'inbox', 'deliveries', 'attempts'], signal: question.signal };
    return inSnapshot(this.pool, options, (snapshot) => new Reading(snapshot, question).read());
  }
}

/**
 * One reading of one snapshot. Reads each table once for counts and fingerprints, day by day. Compares rows only of days
 * on which the fingerprints of two tables differ, ten minutes at a time.
 */
class Reading {
  private readonly findings = new Findings();
  private readonly waiting = new Map<string, number>();
  private seenBy = (database: Database): Database => database;

  constructor(
    private readonly snapshot: Snapshot,
    private readonly question: LedgerQuestion,
  ) {}

  private get database(): Database {
    return this.seenBy(this.snapshot.database);
  }

  async read(): Promise<LedgerFindings> {
    const [moment] = await readMoment.run({ settledSeconds: SETTLED_SECONDS }, this.database);
    if (moment === undefined) throw new Error('Postgres did not say what time it is');
    if (!moment.retiring) this.seenBy = withoutViews;
    const { database } = this;
    const shards = await this.compareLogs();
    const tenants = (await listTenants.run(undefined, database)).map(({ id }) => id);
    const endpoints = await listEndpoints.run(undefined, database);
    const sums = await this.sum(moment.settledBefore, tenants.length > 1);
    await this.check(sums, moment.settledBefore, shards?.filter(isRead).map(({ shard }) => shard) ?? []);
    const deliveries = sums.days.flatMap((day) => day.deliveries);
    const unknown = unknownEndpoints(deliveries, endpoints);
    if (unknown.length > 0) this.findings.add(await checkEndpoints.run({ unknown, examples: MAX_EXAMPLES }, database), deliveryOf);
    const retiredDeliveries = await listRetiredDeliveries.run(undefined, database);
    await this.checkCatchUps([...deliveries, ...retiredDeliveries], endpoints);
    const oldest = new Map((await findOldest.run(undefined, database)).map(({ endpoint, oldestAt }) => [endpoint, oldestAt]));
    // Counts of the tables and of retired days. Only the first are compared.
    const retired = await listRetiredEvents.run(undefined, database);
    const routes = routesByEndpoint(deliveries, retiredDeliveries, oldest);
    return {
      asOf: moment.asOf,
      accepted: sums.days.reduce((total, day) => total + day.events.events, 0) + eventsIn(retired),
      admitted: admittedIn(sums.days.flatMap((day) => day.inbox)) - this.findings.countOf('inbox_without_event') + eventsIn(retired),
      routes: sumRoutes([...routes.values()]),
      tenants: tenants.map((tenant) => ({ tenant, ...this.eventsOf(tenant, sums, retired), endpoints: endpointsOf(tenant, endpoints, routes) })),
      violations: this.findings.violations,
      shards,
    };
  }

  private async sum(settledBefore: string, apart: boolean): Promise<LedgerSums> {
    const list = await listDays.run(undefined, this.database);
    const [keys, lanes, days] = await this.snapshot.sideBySide((run) => Promise.all([
      run((database) => sumKeys.run(undefined, this.seenBy(database))),
      run((database) => sumLanes.run(undefined, this.seenBy(database))),
      Promise.all(list.map((day) => this.sumDay(run, day, settledBefore, apart))),
    ]));
    return { days, lanes, keys };
  }

  private async sumDay(run: Run, day: IListDaysResult, settledBefore: string, apart: boolean): Promise<DaySums> {
    const settled = { settledBefore: day.to <= settledBefore ? null : settledBefore };
    const [[events], inbox, deliveries, [attempts]] = await Promise.all([
      run((database) => sumEvents.run(settled, ofDay(this.seenBy(database), day))),
      run((database) => sumInbox.run({ ...settled, apart }, ofDay(this.seenBy(database), day))),
      run((database) => sumDeliveries.run(undefined, ofDay(this.seenBy(database), day))),
      run((database) => sumAttempts.run(undefined, ofDay(this.seenBy(database), day))),
    ]);
    if (events === undefined || attempts === undefined) throw new Error('The tables could not be summed');
    return { from: day.from, to: day.to, events, inbox, deliveries, attempts };
  }

  private async check(sums: LedgerSums, settledBefore: string, exhausted: number[]): Promise<void> {
    const { database, findings } = this;
    const { olderThanMs } = this.question;
    const examples = MAX_EXAMPLES;
    const suspicions = suspicionsOf(sums);
    const odd = await this.findOdd(suspicions, settledBefore);
    for (const span of joined([...odd.admissions, { from: settledBefore, to: LAST_ID }])) await this.checkAdmissions(span, exhausted);
    for (const span of joined(odd.routes)) {
      findings.add(await checkRoutes.run({ ...span, examples }, database), (row) => (row.endpoint === null || row.kind === 'routes_differ' ? eventOf(row) : deliveryOf({ ...row, endpoint: row.endpoint })));
    }
    for (const span of joined(odd.attempts)) {
      findings.add(await checkAttempts.run({ ...span, examples }, database), deliveryOf);
    }
    if (suspicions.replays) findings.add(await checkReplays.run({ examples }, database), deliveryOf);
    if (suspicions.sequences.length > 0) findings.add(await checkSequences.run({ endpoints: [...suspicions.sequences], examples }, database), laneOf);
    if (suspicions.waiting.length > 0) findings.add(await checkWaiting.run({ endpoints: [...suspicions.waiting], examples }, database), laneOf);
    if (suspicions.halts) findings.add(await checkHalts.run({ examples }, database), laneOf);
    for (const span of joined(suspicions.keys)) {
      findings.add(await this.snapshot.withSettings(JOIN_SETTINGS, () => checkKeys.run({ ...span, examples }, database)), eventOf);
    }
    findings.add(await checkOutbox.run({ examples }, database), eventOf);
    if (olderThanMs !== undefined) findings.add(await findStuck.run({ olderThanMs, examples }, database), deliveryOf);
  }

  /** Costs nothing while no endpoint begins in the past, and a join of all events of the tenants that have one which has ended. */
  private async checkCatchUps(made: readonly { readonly endpoint: number; readonly caughtUp: number }[], endpoints: readonly IListEndpointsResult[]): Promise<void> {
    const counted = await sumCatchUps.run(undefined, this.database);
    const differing = new Set(endpointsWithOtherCatchUps(counted, made));
    for (const [tenant, rows] of Map.groupBy(endpoints.filter(({ id }) => differing.has(id)), (row) => row.tenant)) {
      this.findings.add(rows.map(({ publicId }) => ({ kind: 'catch_up_differs', tenant, total: rows.length, publicId })), ({ publicId }) => toPublicId('ep', publicId));
    }
    if (counted.some(({ finished }) => finished)) this.findings.add(await checkCatchUps.run({ examples: MAX_EXAMPLES }, this.database), deliveryOf);
  }

  private async checkAdmissions(span: Span, exhausted: number[]): Promise<void> {
    const rows = await checkAdmissions.run({ ...span, exhausted, boundSeconds: BOUND_SECONDS, examples: MAX_EXAMPLES }, this.database);
    for (const { kind, tenant, total } of rows) if (kind === 'not_admitted') this.waiting.set(tenant, (this.waiting.get(tenant) ?? 0) + total);
    this.findings.add(rows.filter(({ kind }) => kind !== 'not_admitted'), eventOf);
  }

  /** The spans of the suspected days that have rows, in order. */
  private async findOdd({ admissions, routes, attempts }: Suspicions, settledBefore: string): Promise<Record<'admissions' | 'routes' | 'attempts', Span[]>> {
    if (admissions.length + routes.length + attempts.length === 0) return { admissions: [], routes: [], attempts: [] };
    return this.snapshot.sideBySide(async (run) => {
      const inSpans = async (days: readonly Span[], find: (day: Span, database: Database) => Promise<Span[]>): Promise<Span[]> =>
        (await Promise.all(days.map(({ from, to }) => run((database) => find({ from, to }, this.seenBy(database)))))).flat();
      const [oddAdmissions, oddRoutes, oddAttempts] = await Promise.all([
        inSpans(admissions, (day, database) => findOddAdmissions.run({ ...day, to: day.to <= settledBefore ? day.to : settledBefore }, database)),
        inSpans(routes, (day, database) => findOddRoutes.run(day, database)),
        inSpans(attempts, (day, database) => findOddAttempts.run(day, database)),
      ]);
      return { admissions: oddAdmissions, routes: oddRoutes, attempts: oddAttempts };
    });
  }

  /** The shards' positions in their logs. The logs are read after the snapshot, because they only grow. */
  private async compareLogs(): Promise<ShardPosition[] | undefined> {
    const shards = await readShards.run(undefined, this.database);
    const logs = await this.question.readLogs?.();
    if (logs === undefined) return undefined;
    const positions = shards.map((shard) => positionOf(shard, logs.get(shard.shard) ?? { start: 0, end: 0 }));
    const beyond = positions.filter(({ cursor, logEnd }) => cursor > logEnd);
    this.findings.add(beyond.slice(0, MAX_EXAMPLES).map((position) => ({ ...position, kind: 'cursor_beyond_log', tenant: null, total: beyond.length })), ({ shard, cursor, logEnd }) =>
      `shard ${shard}: read up to ${cursor}, the log ends at ${logEnd}`);
    return positions;
  }

  /** The inbox has the tenants of events. Events that are in only one of the two tables were found row by row.  */
  private eventsOf(tenant: string, { days }: LedgerSums, retired: readonly IListRetiredEventsResult[]): { accepted: number; notAdmitted: number; admitted: number } {
    // Null: there is only one tenant.
    const rows = days.flatMap((day) => day.inbox).filter((row) => row.tenant === null || row.tenant === tenant);
    const kept = admittedIn(rows) - this.findings.countOf('inbox_without_event', tenant);
    const admitted = kept + eventsIn(retired.filter((row) => row.tenant === tenant));
    const notAdmitted = this.waiting.get(tenant) ?? 0;
    return { accepted: admitted + notAdmitted, notAdmitted, admitted };
  }
}

function positionOf({ shard, cursor, outbox }: IReadShardsResult, { start, end }: LogBounds): ShardPosition {
  return { shard, cursor, logStart: start, logEnd: end, lag: Math.max(0, end - Math.max(cursor, start)), outbox };
}

/** Whether the log has been read to its end. */
function isRead({ lag }: ShardPosition): boolean {
  return lag === 0;
}

function admittedIn(inbox: readonly ISumInboxResult[]): number {
  return inbox.reduce((total, row) => total + row.admitted, 0);
}

function eventsIn(retired: readonly IListRetiredEventsResult[]): number {
  return retired.reduce((total, { events }) => total + events, 0);
}

function unknownEndpoints(deliveries: readonly ISumDeliveriesResult[], endpoints: readonly IListEndpointsResult[]): number[] {
  const known = new Set(endpoints.map(({ id }) => id));
  return [...new Set(deliveries.map(({ endpoint }) => endpoint))].filter((endpoint) => !known.has(endpoint));
}

type EndpointRoutes = Omit<EndpointLedger, 'endpoint'>;

function routesByEndpoint(
  deliveries: readonly ISumDeliveriesResult[],
  retired: readonly IListRetiredDeliveriesResult[],
  oldest: ReadonlyMap<number, Date>,
): Map<number, EndpointRoutes> {
  const routes = new Map<number, RouteCounts>();
  const add = (endpoint: number, counts: Partial<RouteCounts>): void => {
    routes.set(endpoint, sumRoutes([routes.get(endpoint) ?? NO_ROUTES, { ...NO_ROUTES, ...counts }]));
  };
  for (const { endpoint, status, deliveries: total } of deliveries) add(endpoint, { total, [status]: total });
  for (const { endpoint, delivered, dead, discarded } of retired) add(endpoint, { total: delivered + dead + discarded, delivered, dead, discarded });
  return new Map([...routes].map(([endpoint, counts]) => [endpoint, { ...counts, oldestPendingAt: oldest.get(endpoint)?.toISOString() ?? null }]));
}

/** A tenant's endpoints. Deleted ones only if they have had deliveries. */
function endpointsOf(tenant: string, endpoints: readonly IListEndpointsResult[], routes: ReadonlyMap<number, EndpointRoutes>): EndpointLedger[] {
  return endpoints.filter((endpoint) => endpoint.tenant === tenant && (!endpoint.deleted || routes.has(endpoint.id)))
    .map(({ id, publicId }) => ({ endpoint: toPublicId('ep', publicId), ...(routes.get(id) ?? { ...NO_ROUTES, oldestPendingAt: null }) }));
}
