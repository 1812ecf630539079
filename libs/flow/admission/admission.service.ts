import { Inject, Injectable } from '@nestjs/common';
import { EndpointDirectory } from '#flow/delivery/endpoint-directory';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { AdmissionProgress } from '#flow/lanes/admission-progress';
import { LaneIntake, type Payloads } from '#flow/lanes/lane-intake';
import type { StatementSource } from '#flow/lanes/shard-coverage';
import type { ShardLanes } from '#flow/lanes/shard-lanes';
import { isConflict, isPoison } from '#ground/postgres/sql-errors';
import { GroupCommit } from '#ground/postgres/group-commit';
import { admissionBatchSize, duplicateAdmissions, eventsAdmitted } from './admission.metrics.js';
import { AdmissionRepository, type ShardAdmission, type ShardVerdict } from './admission.repository.js';

// 500: above it the statement's latency grows faster than its rate.
const MAX_EVENTS = 500;
const FENCED: ShardVerdict = { kind: 'fenced' };

/** What one shard asks to be admitted, under its lease. */
export interface AdmissionRequest extends Omit<ShardAdmission, 'shard' | 'epoch'> {
  readonly lanes: ShardLanes;
  readonly payloads: Payloads;
  /** What asks again after an unknown outcome. */
  readonly source: StatementSource;
}

export type AdmissionResult =
  | ShardVerdict
  /** Postgres cannot store something of it; nothing is committed. */
  | { readonly kind: 'refused' }
  /** Postgres did not answer: the admission may be committed, now or later. Asking again is harmless. */
  | { readonly kind: 'unknown'; readonly error: unknown };

/**
 * Admits events in groups: what the shards' readers bring during one statement goes into the next one. The lanes get each
 * statement's deliveries before the next statement is sent, so in the order of the commits.
 */
@Injectable()
export class AdmissionService {
  private readonly commits: GroupCommit<AdmissionRequest, ShardVerdict>;

  constructor(
    private readonly repository: AdmissionRepository,
    private readonly intake: LaneIntake,
    private readonly progress: AdmissionProgress,
    @Inject(EndpointDirectory) private readonly endpoints: Pick<EndpointDirectory, 'requireVersion'>,
    @InjectLogger() private readonly logger: Logger,
  ) {
    this.commits = new GroupCommit({
      maxItems: Infinity,
      maxBytes: MAX_EVENTS,
      bytesOf: ({ eventIds }) => eventIds.length,
      commit: (requests) => this.commit(requests),
    });
  }

  /** Admits one shard's events. A fenced admission ends the lease. */
  async admit(request: AdmissionRequest): Promise<AdmissionResult> {
    const { shard, lease } = request.lanes;
    try {
      const verdict = await this.commits.add(request);
      if (verdict.kind === 'fenced') lease.fenced();
      return lease.isLost ? FENCED : verdict;
    } catch (error) {
      if (isPoison(error)) return { kind: 'refused' };
      this.logger.warn({ err: error, shard }, 'Cannot admit events; trying again');
      return { kind: 'unknown', error };
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
      // Before the statement counts as applied: an audit must not report its deliveries as missing.
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
    // Before the deliveries can be started.
    for (const [endpoint, version] of verdict.endpointVersions) this.endpoints.requireVersion(endpoint, version);
    this.intake.take(lanes, verdict.deliveries, payloads);
    if (verdict.duplicates > 0) lanes.coverage.onCommittedBefore();
  }

  private async admitWithRetry(requests: readonly AdmissionRequest[]): Promise<ShardVerdict[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.repository.admit(requests.map(({ lanes: { shard, lease }, ...admission }) => ({ shard, epoch: lease.epoch, ...admission })));
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
function roundsOf(requests: readonly AdmissionRequest[]): AdmissionRequest[][] {
  const rounds: AdmissionRequest[][] = [];
  const seen = new Map<number, number>();
  for (const request of requests) {
    const { shard } = request.lanes;
    const round = seen.get(shard) ?? 0;
    seen.set(shard, round + 1);
    (rounds[round] ??= []).push(request);
  }
  return rounds;
}
