import { formatDuration } from '#domain/duration';

/** Kinds of violations, with their descriptions for people. */
const KINDS = {
  event_not_admitted: 'accepted events that their shard has passed over',
  inbox_without_event: 'admitted events that were never accepted',
  routes_differ: 'admitted events with another number of deliveries than routes',
  delivery_without_inbox: 'deliveries of events that were never admitted',
  delivery_without_endpoint: 'deliveries to endpoints that are not there',
  catch_up_differs: 'endpoints with another number of deliveries from their catch-up than it counted',
  catch_up_missed: 'past events that an endpoint has not got, though its catch-up has ended',
  lane_missing: 'lanes that deliveries name and that are not there',
  lane_sequences_broken: 'lanes whose sequences are not 1 … tail, each once',
  lane_closed_wrong: 'lanes in which what is pending is not what comes after the last closed',
  lane_replays_wrong: 'lanes whose number of replays is not that of the pending deliveries up to the last closed',
  lane_halt_wrong: 'lanes that are halted where they have no dead letter',
  attempts_differ: 'deliveries whose attempts on record are not 1 … their number',
  delivered_without_success: 'delivered without a 2xx as the last attempt',
  pending_with_success: 'pending in spite of an attempt with a 2xx',
  two_outcomes: 'dead or discarded in spite of an attempt with a 2xx, or delivered by several',
  key_without_event: 'idempotency keys of events that are not there',
  outbox_without_event: 'outbox rows of events that are not there',
  cursor_beyond_log: 'shards whose cursor is beyond the end of their log: it was lost or created again',
  stuck: 'pending for too long without a reason',
} as const;

export type ViolationKind = keyof typeof KINDS;

/** Violations of one kind. */
export interface Violation {
  readonly kind: ViolationKind;
  /** Null: the violation concerns a shard, which has events of all tenants. */
  readonly tenant: string | null;
  readonly count: number;
  /** Up to 10, as in the API: `evt_…`, `dlv_…`, and lanes as `ep_…/entity`. */
  readonly examples: readonly string[];
}

/** Deliveries by status, including replays and those of retired days. */
export interface RouteCounts {
  readonly total: number;
  readonly pending: number;
  readonly delivered: number;
  readonly dead: number;
  readonly discarded: number;
}

/** Events, including those of retired days. */
interface EventCounts {
  readonly accepted: number;
  /** Accepted and not routed yet. */
  readonly notAdmitted: number;
  readonly admitted: number;
}

export interface EndpointLedger extends RouteCounts {
  /** `ep_…`. */
  readonly endpoint: string;
  /** Creation time of the oldest pending delivery. */
  readonly oldestPendingAt: string | null;
}

export interface TenantLedger extends EventCounts {
  readonly tenant: string;
  readonly balanced: boolean;
  readonly routes: RouteCounts;
  readonly endpoints: readonly EndpointLedger[];
}

/** A shard's position in its log. */
export interface ShardPosition {
  readonly shard: number;
  /** The first record that is not admitted. */
  readonly cursor: number;
  readonly logStart: number;
  readonly logEnd: number;
  /** Unread records in the log. */
  readonly lag: number;
  /** Events that are not in the log yet. */
  readonly outbox: number;
}

/** Findings from one snapshot of the database. */
export interface LedgerFindings {
  readonly asOf: Date;
  readonly accepted: number;
  readonly admitted: number;
  /** For all endpoints, including those without a tenant. */
  readonly routes: RouteCounts;
  readonly tenants: readonly Omit<TenantLedger, 'balanced' | 'routes'>[];
  readonly violations: readonly Violation[];
  /** Undefined: Kafka was not compared. */
  readonly shards: readonly ShardPosition[] | undefined;
}

/** The document of `npm run verify -- --json` and of `GET /v1/ledger`. */
export interface LedgerReport extends EventCounts {
  readonly balanced: boolean;
  readonly asOf: string;
  readonly routes: RouteCounts;
  readonly tenants: readonly TenantLedger[];
  readonly violations: readonly Violation[];
  readonly shards?: readonly ShardPosition[];
  /** What the answer has no room for. */
  readonly omitted?: { readonly tenants: number; readonly endpoints: number; readonly violations: number } | undefined;
}

/** Whether the text is a kind of violation. Checks the answers of SQL statements. */
export function isViolationKind(kind: string): kind is ViolationKind {
  return Object.hasOwn(KINDS, kind);
}

export const NO_ROUTES: RouteCounts = { total: 0, pending: 0, delivered: 0, dead: 0, discarded: 0 };

export function sumRoutes(parts: readonly RouteCounts[]): RouteCounts {
  return parts.reduce((sum, part) => ({
    total: sum.total + part.total,
    pending: sum.pending + part.pending,
    delivered: sum.delivered + part.delivered,
    dead: sum.dead + part.dead,
    discarded: sum.discarded + part.discarded,
  }), NO_ROUTES);
}

/** Makes the report. It is balanced if there is no violation, even while events and deliveries are pending. */
export function reportOf({ asOf, accepted, admitted, routes, tenants, violations, shards }: LedgerFindings): LedgerReport {
  return {
    balanced: violations.length === 0,
    asOf: asOf.toISOString(),
    accepted,
    notAdmitted: accepted - admitted,
    admitted,
    routes,
    tenants: tenants.map(({ endpoints, ...events }) => ({
      ...events,
      balanced: violations.every((violation) => violation.tenant !== events.tenant),
      routes: sumRoutes(endpoints),
      endpoints,
    })),
    violations,
    ...(shards === undefined ? {} : { shards }),
  };
}

/** The part of the report about one tenant. */
export function reportOfTenant(report: LedgerReport, tenant: string): LedgerReport {
  const tenants = report.tenants.filter((each) => each.tenant === tenant);
  const violations = report.violations.filter((violation) => violation.tenant === tenant);
  const { accepted, notAdmitted, admitted, routes } = tenants[0] ?? { accepted: 0, notAdmitted: 0, admitted: 0, routes: NO_ROUTES };
  return { balanced: violations.length === 0, asOf: report.asOf, accepted, notAdmitted, admitted, routes, tenants, violations };
}

export interface LedgerLimits {
  readonly tenants: number;
  /** Of all tenants together. */
  readonly endpoints: number;
  readonly violations: number;
}

/** The report with limited lists, those with violations first. What is left out is counted; totals and verdict are of all. */
export function limited(report: LedgerReport, limits: LedgerLimits): LedgerReport {
  const byVerdict = [...report.tenants].sort((one, other) => Number(one.balanced) - Number(other.balanced));
  let room = limits.endpoints;
  const tenants = byVerdict.slice(0, limits.tenants).map((tenant) => {
    const endpoints = tenant.endpoints.slice(0, room);
    room -= endpoints.length;
    return { ...tenant, endpoints };
  });
  const violations = report.violations.slice(0, limits.violations);
  const omitted = {
    tenants: report.tenants.length - tenants.length,
    endpoints: countEndpoints(report.tenants) - countEndpoints(tenants),
    violations: report.violations.length - violations.length,
  };
  return Object.values(omitted).every((count) => count === 0) ? report : { ...report, tenants, violations, omitted };
}

function countEndpoints(tenants: readonly TenantLedger[]): number {
  return tenants.reduce((count, { endpoints }) => count + endpoints.length, 0);
}

/** The report as lines for people. @param tookMs duration of the check */
export function linesOf(report: LedgerReport, tookMs: number): string[] {
  const { accepted, notAdmitted, admitted, routes, tenants, violations, shards = [] } = report;
  const rows: [string, number][] = [
    ['accepted', accepted], ['  not admitted yet', notAdmitted], ['  admitted', admitted],
    ['routes', routes.total], ['  pending', routes.pending], ['  delivered', routes.delivered], ['  dead', routes.dead], ['  discarded', routes.discarded],
  ];
  return [
    ...rows.map(([name, value]) => `${name.padEnd(20)}${numeral(value).padStart(14)}`),
    '',
    ...tenants.flatMap(linesOfTenant),
    ...shards.map(lineOfShard),
    ...(shards.length > 0 ? [''] : []),
    ...violations.flatMap(({ kind, tenant, count, examples }) => [
      `${kind}${tenant === null ? '' : ` (${tenant})`}: ${numeral(count)} ${KINDS[kind]}`,
      ...examples.map((example) => `  ${example}`),
      ...(count > examples.length ? [`  and ${numeral(count - examples.length)} more`] : []),
    ]),
    `${report.balanced ? 'Balanced' : 'NOT balanced'} as of ${report.asOf} (checked in ${formatDuration(Math.round(tookMs))}).`,
  ];
}

function linesOfTenant({ tenant, accepted, admitted, endpoints }: TenantLedger): string[] {
  return [
    `${tenant}: ${numeral(accepted)} accepted, ${numeral(admitted)} admitted`,
    ...endpoints.map(({ endpoint, pending, delivered, dead, discarded, oldestPendingAt }) =>
      `  ${endpoint}: ${numeral(pending)} pending${oldestPendingAt === null ? '' : ` (oldest ${oldestPendingAt})`}, ` +
      `${numeral(delivered)} delivered, ${numeral(dead)} dead, ${numeral(discarded)} discarded`),
    '',
  ];
}

function lineOfShard({ shard, cursor, logStart, logEnd, lag, outbox }: ShardPosition): string {
  return `shard ${shard}: read up to ${cursor} of ${logStart} … ${logEnd}, ${numeral(lag)} to read, ${numeral(outbox)} in the outbox`;
}

function numeral(value: number): string {
  return value.toLocaleString('en');
}
