import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { deliveriesFiltered } from '#flow/admission/admission.metrics';
import { AdmissionService } from '#flow/admission/admission.service';
import { EndpointDirectory } from '#flow/delivery/endpoint-directory';
import { AdmissionProgress } from '#flow/lanes/admission-progress';
import { LaneIntake, type Payloads } from '#flow/lanes/lane-intake';
import { OpenShards } from '#flow/lanes/open-shards';
import type { ShardLanes } from '#flow/lanes/shard-lanes';
import { Poll } from '#ground/polling/poll';
import { retryConflicts } from '#ground/postgres/retry-conflicts';
import { isConflict, isPoison } from '#ground/postgres/sql-errors';
import { StatementSize } from '#ground/postgres/statement-size';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { catchUpConflicts, catchUpsRunning, eventsCaughtUp } from './catch-up.metrics.js';
import { type CatchUpStep, CatchUpsRepository, type OpenCatchUp } from './catch-ups.repository.js';
import { StepLook } from './step-look.js';

const INTERVAL_MS = 1_000;
/** Half of an admission's: new events of the shard wait for the step. */
const CHANGED = 250;
/** A step is followed by a rest as long, so that filling the backlog leaves Postgres to those who drain it. */
const REST = 1;
/** Before a catch-up is tried again whose steps exceed their time, even the smallest. */
const MAX_PAUSE_MS = 60_000;
/** Tries of a step that conflicts with another statement, before other catch-ups have their turn. */
const MAX_TRIES = 5;
const NO_PAYLOADS: Payloads = new Map();

/** What the runner knows of a shard. */
interface ShardSteps {
  readonly size: StatementSize;
  /** By endpoint. */
  readonly looks: Map<number, StepLook>;
}

/** A catch-up whose last step has failed. */
interface TroubledCatchUp {
  /** Where the step began. */
  readonly catchUp: OpenCatchUp;
  readonly lanes: ShardLanes;
  /** Whether a step from there got no answer: it may be committed, now or later. */
  readonly isInDoubt: boolean;
  readonly retryAtMs: number;
}

/**
 * Routes past events to endpoints that begin in the past, on owned shards: once a second, and at once when an endpoint has
 * changed. In a round each catch-up takes one step; rounds follow each other while there is anything to do. A step is taken in
 * its shard's turn, so that it meets no admission, and rests afterwards. The progress is in Postgres, where the shard's next
 * owner finds it.
 */
@Injectable()
export class CatchUpRunner {
  private readonly poll: Poll;
  private readonly troubled = new Map<string, TroubledCatchUp>();
  private readonly steps = new WeakMap<ShardLanes, ShardSteps>();

  constructor(
    private readonly repository: CatchUpsRepository,
    private readonly shards: OpenShards,
    @Inject(AdmissionService) private readonly admissions: Pick<AdmissionService, 'inTurn'>,
    private readonly intake: LaneIntake,
    private readonly progress: AdmissionProgress,
    @Inject(EndpointDirectory) private readonly endpoints: Pick<EndpointDirectory, 'onChange' | 'requireVersion'>,
    @InjectLogger() private readonly logger: Logger,
  ) {
    this.poll = new Poll({
      intervalMs: INTERVAL_MS,
      work: (signal) => this.runRound(signal),
      onError: (error) => logger.warn({ err: error }, 'Cannot find catch-ups; trying again'),
    });
    // It may be a new one, which begins in the past.
    endpoints.onChange(() => this.poll.nudge());
  }

  start(): void {
    this.poll.start();
  }

  stop(): Promise<void> {
    return this.poll.stop();
  }

  private async runRound(signal: AbortSignal): Promise<void> {
    const shards = new Map(this.shards.active().map((lanes) => [lanes.shard, lanes]));
    for (const [key, { lanes }] of this.troubled) if (this.shards.find(lanes.shard) !== lanes) this.troubled.delete(key);
    const found = shards.size === 0 ? [] : await this.repository.find([...shards.keys()]);
    catchUpsRunning.set(found.length);
    // From memory: a step without an answer is taken again from its position, even if Postgres says that it is committed.
    const troubled = [...this.troubled.values()].filter(({ retryAtMs }) => retryAtMs <= performance.now()).map(({ catchUp }) => catchUp);
    const untroubled = found.filter((catchUp) => !this.troubled.has(keyOf(catchUp)));
    let hasMore = false;
    for (const catchUp of [...troubled, ...untroubled]) {
      const lanes = shards.get(catchUp.shard);
      if (signal.aborted || lanes?.lease.isActive !== true) continue;
      const { more, tookMs } = await this.admissions.inTurn(lanes, () => this.takeStep(catchUp, lanes));
      hasMore ||= more;
      await pause(REST * tookMs, undefined, { signal });
    }
    if (hasMore) this.poll.nudge();
  }

  private async takeStep(catchUp: OpenCatchUp, lanes: ShardLanes): Promise<{ more: boolean; tookMs: number }> {
    const startedAtMs = performance.now();
    // It may have been handed over while this waited for its turn.
    if (!lanes.lease.isActive) return { more: false, tookMs: 0 };
    const { size, looks } = this.stepsOf(lanes);
    const look = looks.get(catchUp.endpoint) ?? new StepLook();
    // Lanes must not forget their counters while a statement may bring them deliveries: as for an admission.
    const statement = this.progress.onSent();
    let more = false;
    try {
      const step = await this.tryStep(catchUp, lanes.lease.epoch, size, look);
      if (step.kind === 'stepped') this.apply(catchUp, lanes, step);
      this.onAnswer(catchUp, lanes);
      if (step.kind === 'fenced') lanes.lease.fenced();
      more = step.kind === 'stepped' && !step.finished;
      if (more) looks.set(catchUp.endpoint, look);
      else looks.delete(catchUp.endpoint);
    } catch (error) {
      this.onFailure(error, catchUp, lanes, size);
    } finally {
      this.progress.onApplied(statement);
    }
    return { more, tookMs: performance.now() - startedAtMs };
  }

  private async tryStep(catchUp: OpenCatchUp, epoch: number, size: StatementSize, look: StepLook): Promise<CatchUpStep> {
    const limits = { scanned: size.of(look.eventsFor(CHANGED)), changed: size.of(CHANGED) };
    const doneOf = (result: CatchUpStep): number => (result.kind === 'stepped' && !result.finished ? limits.scanned : 0);
    const step = await retryConflicts(catchUpConflicts, MAX_TRIES, () => size.run(limits.scanned, () => this.repository.step(catchUp, epoch, limits), doneOf));
    if (step.kind === 'stepped') look.onStep(step.passed, step.deliveries.length);
    return step;
  }

  private apply({ endpoint, shard }: OpenCatchUp, lanes: ShardLanes, { deliveries, filtered, endpointVersion, finished }: CatchUpStep & { kind: 'stepped' }): void {
    if (lanes.lease.isLost) return;
    eventsCaughtUp.inc(deliveries.length);
    deliveriesFiltered.inc(filtered);
    // Before the deliveries can be started.
    if (endpointVersion !== undefined) this.endpoints.requireVersion(endpoint, endpointVersion);
    this.intake.take(lanes, deliveries, NO_PAYLOADS);
    if (finished) this.logger.info({ endpoint, shard }, 'An endpoint has caught up on a shard');
  }

  private onFailure(error: unknown, catchUp: OpenCatchUp, lanes: ShardLanes, size: StatementSize): void {
    const retryAtMs = performance.now() + size.delayMs(INTERVAL_MS, MAX_PAUSE_MS);
    this.logger.warn({ err: error, endpoint: catchUp.endpoint, shard: catchUp.shard }, 'Cannot take a step of a catch-up; trying again');
    // Postgres rolled these back. Anything else may still commit, and so may what was in doubt before.
    const isRolledBack = isConflict(error) || isPoison(error);
    if (!isRolledBack) lanes.coverage.onUnknownOutcome('catch-up');
    const isInDoubt = !isRolledBack || this.troubled.get(keyOf(catchUp))?.isInDoubt === true;
    this.troubled.set(keyOf(catchUp), { catchUp, lanes, isInDoubt, retryAtMs });
  }

  /** Postgres has said that the catch-up stands elsewhere now: a step that got no answer is committed, or never will be. */
  private onAnswer(catchUp: OpenCatchUp, lanes: ShardLanes): void {
    if (!this.troubled.delete(keyOf(catchUp))) return;
    const isInDoubt = [...this.troubled.values()].some((each) => each.lanes === lanes && each.isInDoubt);
    if (!isInDoubt) lanes.coverage.onOutcomeKnown('catch-up');
  }

  private stepsOf(lanes: ShardLanes): ShardSteps {
    let steps = this.steps.get(lanes);
    if (steps === undefined) {
      steps = { size: new StatementSize(), looks: new Map() };
      this.steps.set(lanes, steps);
    }
    return steps;
  }
}

function keyOf({ endpoint, shard }: OpenCatchUp): string {
  return `${shard}/${endpoint}`;
}
