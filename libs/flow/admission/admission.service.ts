import { Inject, Injectable } from '@nestjs/common';
import { EndpointDirectory } from '#flow/delivery/endpoint-directory';
import { API_SOURCE } from '#domain/source-provider';
import { InjectLogger } from '#ground/process/process-context';
import { Samples } from '#ground/samples/samples';
import type { Logger } from '#ground/telemetry/logger';
import { Tracing } from '#ground/tracing/tracing';
import { AdmissionProgress } from '#flow/lanes/admission-progress';
import { LaneIntake, type Payloads } from '#flow/lanes/lane-intake';
import type { StatementSource } from '#flow/lanes/shard-coverage';
import type { ShardLanes } from '#flow/lanes/shard-lanes';
import { retryConflicts } from '#ground/postgres/retry-conflicts';
import { isPoison } from '#ground/postgres/sql-errors';
import { GroupCommit } from '#ground/postgres/group-commit';
import { StatementSize } from '#ground/postgres/statement-size';
import { admissionBatchEvents, admissionConflicts, admissionSeconds, deliveriesFiltered, duplicateAdmissions, eventsAdmitted } from './admission.metrics.js';
import { recordAdmission } from './admission-spans.js';
import { AdmissionRepository, type ShardAdmission, type ShardVerdict } from './admission.repository.js';

// 500: above it the statement's latency grows faster than its rate.
const MAX_EVENTS = 500;
/**
 * Deliveries of one statement, filtered ones included, shared by its shards: they take some 150 ms. An event with more routes is admitted alone; the
 * 10,000 endpoints that a tenant may have take 350 ms.
 */
const MAX_DELIVERIES = 5_000;
/** What a shard with a reduced size may bring into a shared statement: this part of its size. */
const SMALL_PART = 1 / 4;
/** Before an admission without an answer is tried again; longer for a shard whose statements exceed their time. */
const RETRY_MS = 250;
const MAX_RETRY_MS = 5_000;
/** Of a statement that conflicts with another one. */
const MAX_TRIES = 5;
const FENCED: ShardVerdict = { kind: 'fenced' };

/** What one shard asks to be admitted, under its lease. */
export interface AdmissionRequest extends Omit<ShardAdmission, 'shard' | 'epoch' | 'mostDeliveries'> {
  readonly lanes: ShardLanes;
  readonly payloads: Payloads;
  /** What asks again after an unknown outcome. */
  readonly source: StatementSource;
}

export type AdmissionResult =
  | ShardVerdict
  /** Postgres cannot store something of it; nothing is committed. */
  | { readonly kind: 'refused' }
  /** Postgres did not answer: the admission may be committed, now or later. Asking again is harmless, after `retryInMs`. */
  | { readonly kind: 'unknown'; readonly error: unknown; readonly retryInMs: number };

/** A request, or its first events. */
interface SizedRequest extends AdmissionRequest {
  /** If it had the statement for itself. */
  readonly mostDeliveries: number;
}

/** A shard's statements: one at a time, whichever connection they use. */
interface ShardTurns {
  readonly size: StatementSize;
  last: Promise<unknown>;
}

/**
 * Admits events in groups: what the shards' readers bring during one statement goes into the next one. The lanes of a shard
 * get each statement's deliveries before its next statement is sent, so in the order of the commits.
 *
 * A statement is bounded by its events and deliveries. After one that exceeded its time, the size of each of its shards is
 * reduced (see StatementSize). A shard with a reduced size has statements of its own, on a second connection, until the full
 * size has succeeded there. Before that, it shares a statement only if its part is small, and its last statements have
 * succeeded. One shard's trouble thus does not keep the events of others from being admitted.
 */
@Injectable()
export class AdmissionService {
  private readonly shared = groupCommit(Infinity, (requests) => this.commit(requests));
  private readonly single = groupCommit(1, (requests) => this.commit(requests));
  private readonly turns = new WeakMap<ShardLanes, ShardTurns>();

  constructor(
    private readonly repository: AdmissionRepository,
    private readonly intake: LaneIntake,
    private readonly progress: AdmissionProgress,
    @Inject(EndpointDirectory) private readonly endpoints: Pick<EndpointDirectory, 'requireVersion'>,
    private readonly samples: Samples,
    @InjectLogger() private readonly logger: Logger,
    private readonly tracing: Tracing,
  ) {}

  /**
   * Admits one shard's events, or the first of them: the others are `postponed`, and may be asked for at once. A fenced
   * admission ends the lease.
   */
  admit(request: AdmissionRequest): Promise<AdmissionResult> {
    const turns = this.turnsOf(request.lanes);
    const result = turns.last.then(() => this.admitNow(request, turns.size));
    turns.last = result;
    return result;
  }

  /**
   * Runs work that must not meet an admission of the shard: after those that were asked for, before later ones. Postgres refuses a
   * statement that met one (`shard_cursors.turn`); taking turns avoids the wait and the refusal.
   */
  inTurn<Result>(lanes: ShardLanes, work: () => Promise<Result>): Promise<Result> {
    const turns = this.turnsOf(lanes);
    const result = turns.last.then(work);
    turns.last = result.catch(() => undefined);
    return result;
  }

  private turnsOf(lanes: ShardLanes): ShardTurns {
    let turns = this.turns.get(lanes);
    if (turns === undefined) {
      turns = { size: new StatementSize(), last: Promise.resolve() };
      this.turns.set(lanes, turns);
    }
    return turns;
  }

  /** Never rejects. */
  private async admitNow(request: AdmissionRequest, size: StatementSize): Promise<AdmissionResult> {
    const { shard, lease } = request.lanes;
    if (lease.isLost) return FENCED;
    const { part, rest } = partOf(request, size.of(MAX_EVENTS));
    const isSmall = size.isReduced && size.hasSucceeded && request.eventIds.length <= size.of(MAX_EVENTS * SMALL_PART);
    const mostDeliveries = size.of(isSmall ? MAX_DELIVERIES * SMALL_PART : MAX_DELIVERIES);
    try {
      const verdict = await (size.isReduced && !isSmall ? this.single : this.shared).add({ ...part, mostDeliveries });
      size.onSuccess(shareOf(verdict, size));
      if (verdict.kind === 'fenced') lease.fenced();
      if (lease.isLost || verdict.kind === 'fenced') return FENCED;
      return rest.length === 0 ? verdict : { ...verdict, postponed: [...verdict.postponed, ...rest] };
    } catch (error) {
      size.onFailure(error);
      if (isPoison(error)) return { kind: 'refused' };
      const retryInMs = size.delayMs(RETRY_MS, MAX_RETRY_MS);
      this.logger.warn({ err: error, shard, events: part.eventIds.length, retryInMs }, 'Cannot admit events; trying again, with fewer if it took too long');
      return { kind: 'unknown', error, retryInMs };
    }
  }

  private async commit(requests: readonly SizedRequest[]): Promise<ShardVerdict[]> {
    const verdicts = new Map<SizedRequest, ShardVerdict>();
    for (const round of roundsOf(requests)) {
      const results = await this.commitRound(round);
      round.forEach((request, i) => verdicts.set(request, results[i] ?? FENCED));
    }
    return requests.map((request) => verdicts.get(request) ?? FENCED);
  }

  private async commitRound(requests: readonly SizedRequest[]): Promise<ShardVerdict[]> {
    const events = requests.reduce((sum, { eventIds }) => sum + eventIds.length, 0);
    admissionBatchEvents.observe(events);
    const statement = this.progress.onSent();
    const startedAtMs = performance.now();
    try {
      const verdicts = await this.admitWithRetry(requests);
      admissionSeconds.observe((performance.now() - startedAtMs) / 1_000);
      requests.forEach((request, i) => this.apply(request, verdicts[i] ?? FENCED));
      if (this.tracing.isOn) recordAdmission(this.tracing, verdicts, requests.map(({ lanes }) => lanes.shard), events, startedAtMs);
      return verdicts;
    } catch (error) {
      // Before the statement counts as applied: an audit must not report its deliveries as missing.
      if (!isPoison(error)) for (const { lanes, source } of requests) lanes.coverage.onUnknownOutcome(source);
      throw error;
    } finally {
      this.progress.onApplied(statement);
    }
  }

  private apply({ lanes, payloads }: SizedRequest, verdict: ShardVerdict): void {
    if (verdict.kind === 'fenced') return;
    eventsAdmitted.inc(verdict.admitted);
    deliveriesFiltered.inc(verdict.filtered);
    duplicateAdmissions.inc(verdict.duplicates);
    this.count(verdict);
    // Before the deliveries can be started.
    for (const [endpoint, version] of verdict.endpointVersions) this.endpoints.requireVersion(endpoint, version);
    this.intake.take(lanes, verdict.deliveries, payloads);
    if (verdict.duplicates > 0) lanes.coverage.onCommittedBefore();
  }

  private count({ deliveries, filteredEvents }: Extract<ShardVerdict, { kind: 'admitted' }>): void {
    for (const { endpoint, tenant, source, type } of deliveries) {
      this.samples.endpoint(tenant, endpoint).count('routed');
      this.samples.events(tenant, source ?? API_SOURCE, type).count('routed');
    }
    for (const { tenant, source, type, endpoints } of filteredEvents) this.samples.events(tenant, source ?? API_SOURCE, type).count('filtered', endpoints);
  }

  private admitWithRetry(requests: readonly SizedRequest[]): Promise<ShardVerdict[]> {
    const sharers = Math.max(1, requests.filter(({ eventIds }) => eventIds.length > 0).length);
    const admissions = requests.map(({ lanes: { shard, lease }, mostDeliveries, ...admission }) => ({
      ...admission, shard, epoch: lease.epoch, mostDeliveries: Math.max(1, Math.floor(mostDeliveries / sharers)),
    }));
    return retryConflicts(admissionConflicts, MAX_TRIES, () => this.repository.admit(admissions));
  }
}

function groupCommit(maxItems: number, commit: (requests: readonly SizedRequest[]) => Promise<ShardVerdict[]>): GroupCommit<SizedRequest, ShardVerdict> {
  return new GroupCommit({ maxItems, maxBytes: MAX_EVENTS, bytesOf: ({ eventIds }) => eventIds.length, commit });
}

/** How much a statement did of what its size allows. Events that were admitted before cost little. */
function shareOf(verdict: ShardVerdict, size: StatementSize): number {
  return verdict.kind === 'fenced' ? 0 : Math.max(verdict.admitted / size.of(MAX_EVENTS), (verdict.deliveries.length + verdict.filtered) / size.of(MAX_DELIVERIES));
}

/** A request's first events, and the others. The cursor moves, and records are parked, only when there are no others. */
function partOf(request: AdmissionRequest, most: number): { part: AdmissionRequest; rest: readonly string[] } {
  if (request.eventIds.length <= most) return { part: request, rest: [] };
  const eventIds = request.eventIds.slice(0, most);
  const repeats = new Set(eventIds);
  const rest = request.eventIds.slice(most).filter((id) => !repeats.has(id));
  if (rest.length === 0) return { part: request, rest };
  return { part: { ...request, eventIds, parked: [], nextOffset: undefined, lastEventId: undefined, caughtUp: false }, rest };
}

/**
 * Requests in statements of one request a shard. A shard comes twice only when it was lost and taken again while a
 * request of the former ownership still waited; in one statement the two could not be told apart.
 */
function roundsOf(requests: readonly SizedRequest[]): SizedRequest[][] {
  const rounds: SizedRequest[][] = [];
  const seen = new Map<number, number>();
  for (const request of requests) {
    const { shard } = request.lanes;
    const round = seen.get(shard) ?? 0;
    seen.set(shard, round + 1);
    (rounds[round] ??= []).push(request);
  }
  return rounds;
}
