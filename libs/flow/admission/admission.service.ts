import type { AdmissionProgress } from '#flow/lanes/admission-progress';
import type { LaneIntake, Payloads } from '#flow/lanes/lane-intake';
import type { StatementSource } from '#flow/lanes/shard-coverage';
import type { ShardLanes } from '#flow/lanes/shard-lanes';
import { isConflict, isPoison } from '#ground/postgres/sql-errors';
import { GroupCommit } from '#ground/postgres/group-commit';
import { admissionBatchSize, duplicateAdmissions, eventsAdmitted } from './admission.metrics.js';
import type { AdmissionRepository, ShardAdmission, ShardVerdict } from './admission.repository.js';

// 500: above it the statement's latency grows faster than its rate.
const MAX_EVENTS = 500;
const FENCED: ShardVerdict = { kind: 'fenced' };

export interface AdmissionRequest extends ShardAdmission {
  readonly lanes: ShardLanes;
  readonly payloads: Payloads;
  /** Who asks again after an unknown outcome. */
  readonly source: StatementSource;
}

export type AdmissionResult =
  | ShardVerdict
  /** Postgres cannot store something of it; nothing is committed. */
  | { readonly kind: 'refused' }
  /** Postgres did not answer: the admission may be committed, now or later. Asking again is harmless. */
  | { readonly kind: 'unknown'; readonly error: unknown };

/**
 * Admits events: what the shards' readers bring while one statement runs goes into the next one together. The lanes get
 * what was admitted in the order of the commits, before the next statement is sent.
 */
export class AdmissionService {
  private readonly commits: GroupCommit<AdmissionRequest, ShardVerdict>;

  constructor(
    private readonly repository: AdmissionRepository,
    private readonly intake: LaneIntake,
    private readonly progress: AdmissionProgress,
  ) {
    this.commits = new GroupCommit({
      maxItems: Infinity,
      maxBytes: MAX_EVENTS,
      bytesOf: ({ eventIds }) => eventIds.length,
      commit: (requests) => this.commit(requests),
    });
  }

  /** Admits one shard's events. */
  async admit(request: AdmissionRequest): Promise<AdmissionResult> {
    try {
      return await this.commits.add(request);
    } catch (error) {
      return isPoison(error) ? { kind: 'refused' } : { kind: 'unknown', error };
    }
  }

  private async commit(requests: readonly AdmissionRequest[]): Promise<ShardVerdict[]> {
    const verdicts = new Map<AdmissionRequest, ShardVerdict>();
    for (const round of roundsOf(requests)) {
      const results = await this.commitRound(round);
      round.forEach((request, i) => verdicts.set(request, results[i] ?? FENCED));
    }
    return requests.map((request) => verdicts.get(request) ?? FENCED);
  }

  private async commitRound(requests: readonly AdmissionRequest[]): Promise<ShardVerdict[]> {
    admissionBatchSize.observe(requests.reduce((sum, { eventIds }) => sum + eventIds.length, 0));
    this.progress.onSent();
    try {
      const verdicts = await this.admitWithRetry(requests);
      requests.forEach((request, i) => this.apply(request, verdicts[i] ?? FENCED));
      return verdicts;
    } catch (error) {
      // Before the statement counts as applied: an audit must not take its deliveries for forgotten ones.
      if (!isPoison(error)) for (const { lanes, source } of requests) lanes.coverage.onUnknownOutcome(source);
      throw error;
    } finally {
      this.progress.onApplied();
    }
  }

  private apply({ lanes, payloads }: AdmissionRequest, verdict: ShardVerdict): void {
    if (verdict.kind === 'fenced') return;
    eventsAdmitted.inc(verdict.admitted);
    duplicateAdmissions.inc(verdict.duplicates);
    this.intake.take(lanes, verdict.deliveries, payloads);
    if (verdict.duplicates > 0) lanes.coverage.onCommittedBefore();
  }

  private async admitWithRetry(requests: readonly AdmissionRequest[]): Promise<ShardVerdict[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.repository.admit(requests);
      } catch (error) {
        if (!isConflict(error) || attempt === 5) throw error;
      }
    }
  }
}

/**
 * Requests in statements of one request a shard. A shard comes twice only when it was lost and taken again while a
 * request of the former ownership still waited; in one statement the two could not be told apart.
 */
function roundsOf<Request extends ShardAdmission>(requests: readonly Request[]): Request[][] {
  const rounds: Request[][] = [];
  const seen = new Map<number, number>();
  for (const request of requests) {
    const round = seen.get(request.shard) ?? 0;
    seen.set(request.shard, round + 1);
    (rounds[round] ??= []).push(request);
  }
  return rounds;
}
