import { formatDuration } from '#domain/duration';

/** What can be wrong, and what to call it in front of people. */
const KINDS = {
  event_not_admitted: 'accepted events that their shard has passed over',
  inbox_without_event: 'admitted events that were never accepted',
  routes_differ: 'admitted events with another number of deliveries than routes',
  delivery_without_inbox: 'deliveries of events that were never admitted',
  lane_missing: 'lanes that deliveries name and that are not there',
  lane_sequences_broken: 'lanes whose sequences are not 1 … tail, each once',
  lane_closed_wrong: 'lanes whose first pending delivery is not the one after the last closed',
  attempts_differ: 'deliveries whose attempts on record are not 1 … their number',
  delivered_without_success: 'delivered without a 2xx as the last attempt',
  pending_with_success: 'pending in spite of an attempt with a 2xx',
  key_without_event: 'idempotency keys of events that are not there',
  stuck: 'pending for too long without a reason',
} as const;

export type ViolationKind = keyof typeof KINDS;

/** Not in `violations` when there is none of it. */
export interface Violation {
  readonly kind: ViolationKind;
  readonly count: number;
  /** Up to 10, as the outside knows them: `evt_…`, `dlv_…`, and lanes as `ep_…/entity`. */
  readonly examples: readonly string[];
}

/** What was counted in one snapshot of the database. */
export interface LedgerCounts {
  readonly asOf: Date;
  /** Rows in `events` and in `inbox`, those of retired days among them, as in all that follows. */
  readonly accepted: number;
  readonly admitted: number;
  readonly pending: number;
  readonly delivered: number;
  readonly dead: number;
  readonly discarded: number;
}

/** The document of `npm run verify -- --json` and of `GET /v1/ledger`. */
export interface LedgerReport {
  readonly balanced: boolean;
  readonly asOf: string;
  readonly accepted: number;
  /** Accepted and not routed yet. */
  readonly notAdmitted: number;
  readonly admitted: number;
  readonly routes: {
    /** Deliveries of all kinds, replays of delivered events among them. */
    readonly total: number;
    readonly pending: number;
    readonly delivered: number;
    readonly dead: number;
    readonly discarded: number;
  };
  readonly violations: readonly Violation[];
}

/** Whether the text is a kind of violation: what a statement answers is checked, not believed. */
export function isViolationKind(kind: string): kind is ViolationKind {
  return Object.hasOwn(KINDS, kind);
}

/** The verdict: balanced when nothing is wrong, however much is still on its way. */
export function reportOf(counts: LedgerCounts, found: readonly Violation[]): LedgerReport {
  const { asOf, accepted, pending, delivered, dead, discarded } = counts;
  const violations = found.filter(({ count }) => count > 0);
  const strangers = violations.find(({ kind }) => kind === 'inbox_without_event')?.count ?? 0;
  const admitted = counts.admitted - strangers;
  return {
    balanced: violations.length === 0,
    asOf: asOf.toISOString(),
    accepted,
    notAdmitted: accepted - admitted,
    admitted,
    routes: { total: pending + delivered + dead + discarded, pending, delivered, dead, discarded },
    violations,
  };
}

/** The report for people. @param tookMs how long the check took */
export function linesOf(report: LedgerReport, tookMs: number): string[] {
  const { accepted, notAdmitted, admitted, routes, violations } = report;
  const rows: [string, number][] = [
    ['accepted', accepted], ['  not admitted yet', notAdmitted], ['  admitted', admitted],
    ['routes', routes.total], ['  pending', routes.pending], ['  delivered', routes.delivered], ['  dead', routes.dead], ['  discarded', routes.discarded],
  ];
  const verdict = violations.length === 0 ? 'Balanced' : 'NOT balanced';
  return [
    ...rows.map(([name, value]) => `${name.padEnd(20)}${value.toLocaleString('en').padStart(14)}`),
    '',
    ...violations.flatMap(({ kind, count, examples }) => [
      `${kind}: ${count.toLocaleString('en')} ${KINDS[kind]}`,
      ...examples.map((example) => `  ${example}`),
      ...(count > examples.length ? [`  and ${(count - examples.length).toLocaleString('en')} more`] : []),
    ]),
    `${verdict} as of ${report.asOf} (checked in ${formatDuration(Math.round(tookMs))}).`,
  ];
}
