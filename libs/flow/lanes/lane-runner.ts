import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '#ground/config/config';
import { InjectConfig, InjectLogger } from '#ground/process/process-context';
import { AccessTokens, type TokenSource } from '#flow/delivery/access-tokens';
import { AttemptClient } from '#flow/delivery/attempt-client';
import { AuthorizedAttempt } from '#flow/delivery/authorized-attempt';
import { deliveredHeaders } from '#flow/delivery/delivered-headers';
import { askedDelayMs, dispositionOf, isGone, signOf, type AttemptResult, type Disposition } from '#domain/disposition';
import { EndpointBreakers } from '#flow/breakers/endpoint-breakers';
import { EndpointDirectory, type EndpointTarget } from '#flow/delivery/endpoint-directory';
import type { Attempt } from '#flow/delivery/exchange';
import { EndpointLimits } from '#flow/rate-limits/endpoint-limits';
import type { SendPermit } from '#flow/rate-limits/send-permit';
import { retryTopicName, tiersOf } from '#ground/kafka/topics';
import { Ladder } from '#flow/retries/retry-ladder';
import { deliveryAgeMs } from './delivery-age.js';
import { type DeliveryItem, payloadOf } from './delivery-item.js';
import { objectiveResultOf } from './delivery-objective.js';
import { LaneScheduler, type ReleaseSlot, type SendPermission } from './lane-scheduler.js';
import { LanesRepository } from './lanes.repository.js';
import { AdmissionProgress } from './admission-progress.js';
import { EndpointActivity } from './endpoint-activity.js';
import type { LaneListener } from './lane-intake.js';
import type { LaneStop } from './lane-stop.js';
import type { LaneRecord, ShardLanes } from './shard-lanes.js';
import { WindowLoader } from './window-loader.js';
import type { Outcome } from '#flow/outcome/outcome';
import { OutcomeService } from '#flow/outcome/outcome.service';
import type { Logger } from '#ground/telemetry/logger';
import { Tracing } from '#ground/tracing/tracing';
import { type AttemptReport, type AttemptReporting, beginReport } from './attempt-report.js';
import { acceptedToDeliveredSeconds, attemptSeconds, attemptsTotal, deadLetters, deliveriesTotal, objectiveDeliveries, retriesTotal } from './lanes.metrics.js';
import { whileOwned } from '#flow/leases/while-owned';

/** `deliveryConcurrency`: most lanes running at once beyond the first 8 of each endpoint; see `LaneScheduler`. */
type LaneRunnerConfig = Pick<Config, 'retryScheduleMs' | 'deliveryConcurrency'>;

/** An attempt under way. */
interface Sending {
  readonly record: LaneRecord;
  readonly item: DeliveryItem;
  /** As it was when the attempt began. */
  readonly target: EndpointTarget;
  /** Undefined: nothing wants one. */
  readonly report: AttemptReport | undefined;
}

/** A head may be sent this much before its time: timers and clocks are no more exact than that. */
const EARLY_MS = 50;

/**
 * Runs lanes: takes a ready lane's head through attempt and outcome. The lane moves on only after the outcome's commit.
 * Ownership, the endpoint's settings and its breaker are looked at right before each send. A result that comes later is still
 * written, by a fenced statement.
 */
@Injectable()
export class LaneRunner implements LaneListener {
  readonly scheduler: LaneScheduler;
  private readonly windows: WindowLoader;
  private readonly ladder: Ladder;
  private readonly reporting: AttemptReporting;
  private readonly deletionListeners: ((target: EndpointTarget) => void)[] = [];

  constructor(
    @Inject(AttemptClient) private readonly client: Pick<AttemptClient, 'send'>,
    @Inject(EndpointDirectory) private readonly directory: Pick<EndpointDirectory, 'onChange' | 'get' | 'open' | 'stopGone'>,
    @Inject(LanesRepository) lanes: Pick<LanesRepository, 'windows'>,
    @Inject(OutcomeService) private readonly outcomes: Pick<OutcomeService, 'add' | 'hurry'>,
    @Inject(EndpointBreakers) breakers: Pick<EndpointBreakers, 'of' | 'nudge' | 'serve'>,
    private readonly progress: AdmissionProgress,
    @Inject(EndpointLimits) limits: Pick<EndpointLimits, 'of'>,
    private readonly activity: EndpointActivity,
    @InjectConfig() private readonly config: LaneRunnerConfig,
    @InjectLogger() private readonly logger: Logger,
    @Inject(AccessTokens) private readonly tokens: TokenSource,
    tracing: Tracing,
  ) {
    this.reporting = { tracing, logger, logsAll: logger.isLevelEnabled('debug') };
    this.windows = new WindowLoader(lanes);
    const tiers = tiersOf(config.retryScheduleMs);
    this.ladder = new Ladder(tiers);
    for (const tier of ['timer', ...tiers.map(retryTopicName)]) retriesTotal.inc({ tier }, 0);
    this.scheduler = new LaneScheduler(
      config.deliveryConcurrency,
      limits,
      (record, release, permission) => this.run(record, release, permission),
      (target) => {
        for (const listener of this.deletionListeners) listener(target);
      },
      breakers,
    );
    breakers.serve(this.scheduler);
    directory.onChange((target) => this.scheduler.endpointChanged(target));
  }

  /** Calls `listener` when a deleted endpoint has lanes, or may have, and none of them is running. */
  onEndpointDeleted(listener: (target: EndpointTarget) => void): void {
    this.deletionListeners.push(listener);
  }

  /** The lane is ready; it is queued, or held while its shard may not send. */
  ready(record: LaneRecord): void {
    if (record.shard.lease.isLost || record.removed) return;
    // A deleted endpoint's lanes are queued too: the scheduler then reports that they have something to discard.
    if (record.stopped !== undefined && !this.scheduler.isDeleted(record.endpoint)) return;
    if (record.shard.lease.isActive) this.scheduler.ready(record);
    else record.shard.held.add(record);
  }

  /** Something was admitted behind the lane's head. */
  followed(record: LaneRecord): void {
    if (record.lane.phase === 'sending') this.outcomes.hurry();
  }

  /** The shard may send: its held lanes are queued. */
  resume(shard: ShardLanes): void {
    const held = [...shard.held];
    shard.held.clear();
    for (const record of held) this.ready(record);
  }

  /** Lets a waiting head wait until `dueAtMs`; by a timer, unless a retry token will come. */
  wait(record: LaneRecord, delayMs: number, byTimer: boolean): void {
    if (this.scheduler.isDeleted(record.endpoint) && record.lane.wake()) return this.ready(record);
    record.dueAtMs = performance.now() + delayMs;
    record.shard.waiting.add(record);
    if (byTimer) this.wakeAfter(record, delayMs);
  }

  /** Wakes a waiting head when its time comes; it replaces an earlier timer. */
  wakeAfter(record: LaneRecord, delayMs: number): void {
    clearTimeout(record.timer);
    record.timer = setTimeout(() => this.wake(record), Math.max(0, Math.min(delayMs, 2_147_483_647)));
  }

  /** The head's time has come. */
  wake(record: LaneRecord): void {
    clearTimeout(record.timer);
    record.timer = undefined;
    record.shard.waiting.delete(record);
    if (!record.shard.lease.isLost && record.lane.wake()) this.ready(record);
  }

  /** Stops the lane after the attempt in flight, or starts it again. */
  stop(record: LaneRecord, stop: LaneStop | undefined): void {
    record.shard.stop(record, stop);
    if (stop === undefined && record.lane.phase === 'ready') this.ready(record);
  }

  /** Removes the lane at its next idle point, which may be now, and then calls `act`: nothing of the lane is in flight. */
  removeAtIdle(record: LaneRecord, act: () => void): void {
    if (record.lane.phase === 'sending') {
      (record.atIdle ??= []).push(act);
      return;
    }
    record.shard.remove(record);
    act();
  }

  private async run(record: LaneRecord, release: ReleaseSlot, permission: SendPermission): Promise<void> {
    const { shard } = record;
    shard.busy.add(record);
    let hasMore = false;
    try {
      hasMore = await this.runHead(record, release, permission);
    } catch (error) {
      // The process ends and has given up on Postgres, or a bug: the next scan loads the lane again.
      this.logger.error({ err: error, shard: shard.shard, lane: record.name }, 'A lane failed; the next scan of its shard loads it again');
      shard.evict(record);
    }
    shard.busy.delete(record);
    record.abort = undefined;
    const { atIdle } = record;
    if (atIdle === undefined) {
      if (hasMore) this.ready(record);
      return;
    }
    record.atIdle = undefined;
    shard.remove(record);
    for (const act of atIdle) act();
  }

  /** @returns whether the lane is ready for more */
  private async runHead(record: LaneRecord, release: ReleaseSlot, permission: SendPermission): Promise<boolean> {
    const { lane, shard } = record;
    const item = lane.start() ?? (await this.load(record));
    if (item === undefined) return lane.phase === 'ready';
    const earlyMs = item.dueAtMs - performance.now();
    if (earlyMs > EARLY_MS) return this.defer(record, item, earlyMs);
    // Since the slot was given, the load may have taken long: what holds now decides.
    const target = this.directory.open(record.endpoint);
    if (target === undefined || record.stopped !== undefined || !shard.lease.maySend || !permission.isPermitted()) return this.abandon(record);
    // The limit was set since then.
    if (target.rateLimit !== undefined && permission.token === undefined) return this.abandon(record);
    const sending = { record, item, target, report: beginReport(this.reporting, record, item, target) };
    const result = await this.attempt(sending, permission);
    // Before the release, which starts the next lane of the endpoint.
    const onCommitted = result !== undefined && isGone(result) ? this.directory.stopGone(target.id) : undefined;
    release(result === undefined ? undefined : { sign: signOf(result), retryAfterMs: askedDelayMs(result, target) });
    if (result === undefined) {
      sending.report?.aborted();
      return this.abandon(record);
    }
    try {
      // The newest settings decide what follows: they may have changed during the attempt.
      return await this.conclude(sending, this.directory.get(target.id) ?? target, result);
    } finally {
      onCommitted?.();
    }
  }

  private async load(record: LaneRecord): Promise<DeliveryItem | undefined> {
    // Also during a handover: a lane that has started then ends like the others.
    const items = await whileOwned(record.shard.lease, { logger: this.logger, failure: 'Cannot load deliveries', until: 'lost' }, () => this.windows.load(record));
    if (items === undefined) return undefined;
    record.shard.coverage.onMove(record, record.lane.headSequence);
    const head = record.lane.fill(items);
    if (record.lane.phase === 'idle') record.shard.retire(record, this.progress.sent);
    return head;
  }

  /** The head was postponed before others went first: it waits for its time. */
  private defer(record: LaneRecord, item: DeliveryItem, delayMs: number): boolean {
    record.lane.defer();
    record.waitingFor = item.key.eventId;
    this.wait(record, delayMs, true);
    return false;
  }

  private attempt(sending: Sending, { token, isPermitted }: SendPermission): Promise<AttemptResult | undefined> {
    const { record, target } = sending;
    const { id, headers, oauth2, timeoutMs } = target;
    const attempt = oauth2 === undefined
      ? this.send(sending, token, headers, timeoutMs)
      : new AuthorizedAttempt(this.tokens, { id, oauth2, timeoutMs }, (authorization, remainingMs) => {
        // While it waited for the access token the lane may have been lost or stopped, and the endpoint or its breaker changed.
        const maySend = record.shard.lease.maySend && record.stopped === undefined && this.directory.open(id) === target && isPermitted();
        return maySend ? this.send(sending, token, { ...headers, authorization }, remainingMs) : undefined;
      });
    record.abort = () => attempt.abort();
    return attempt.result;
  }

  private send({ record, item, target, report }: Sending, permit: SendPermit | undefined, own: EndpointTarget['headers'], timeoutMs: number): Attempt {
    const { lane, redelivered } = record;
    const position = record.name.kind === 'unordered' ? undefined : { sequence: item.sequence, previousSequence: lane.deliveredSequence };
    const body = payloadOf(item);
    const traceparent = report === undefined ? item.traceparent : report.traceparent;
    const facts = { ...item, traceparent, payload: body, position, attempt: lane.attempts + 1, redelivered, replayed: item.replayed };
    const headers = deliveredHeaders(facts, target.signingKeys.current(), own, Date.now());
    // Until its outcome is committed.
    record.redelivered = true;
    const { lease } = record.shard;
    // Also while the shard is handed over: the handover waits for the attempt.
    const mayRepeat = (): boolean => !lease.isLost && lease.remainingMs() > 0;
    return this.client.send(target.id, { url: target.url, headers, body, timeoutMs, mayRepeat, permit, times: report?.times });
  }

  /**
   * The attempt was aborted, or did not begin, and does not count. The receiver may have the request. The lane goes to the
   * end of its endpoint's queue.
   */
  private abandon(record: LaneRecord): boolean {
    if (record.shard.lease.isLost) return false;
    record.lane.abort();
    return true;
  }

  private async conclude({ record, item, report }: Sending, target: EndpointTarget, result: AttemptResult): Promise<boolean> {
    const { lane, shard } = record;
    const attempt = lane.attempts + 1;
    const policy = { scheduleMs: target.retryScheduleMs ?? this.config.retryScheduleMs, maxRetryAfterMs: target.maxRetryAfterMs };
    const disposition = dispositionOf(result, attempt - item.replayedAttempts, policy, Math.random());
    const halts = disposition.kind === 'dead' && target.haltsAtDeadLetter && record.name.kind === 'lane';
    const tierMs = disposition.kind === 'retry' ? this.ladder.tierFor(disposition.delayMs) : undefined;
    const outcome: Outcome = {
      shard: shard.shard, epoch: shard.lease.epoch, key: item.key, attempt, result, disposition, halts,
      copiedBytes: disposition.kind === 'dead' ? item.bytes : 0,
      tokenTopic: tierMs === undefined ? undefined : retryTopicName(tierMs),
      span: report?.span,
    };
    const isAwaited = this.scheduler.isStarved(record.endpoint) || (disposition.kind !== 'retry' && lane.depth > 1);
    const verdict = await this.outcomes.add(outcome, isAwaited);
    observe(result, disposition, tierMs, deliveryAgeMs(item, target, Date.now()));
    report?.concluded(result, disposition, verdict);
    if (verdict === 'applied' || verdict === 'already') this.activity.onOutcome(item, result, disposition);
    if (shard.lease.isLost) return false;
    switch (verdict) {
      case 'fenced':
        shard.lease.fenced();
        return false;
      case 'superseded':
        // Postgres has the lane elsewhere: the next scan loads it.
        shard.evict(record);
        return false;
      case 'applied':
      case 'already':
        record.redelivered = false;
        if (halts) this.halt(record);
        return this.advance(record, item, disposition, tierMs);
    }
  }

  private halt(record: LaneRecord): void {
    record.haltedAtMs = performance.now();
    record.shard.stop(record, record.stopped ?? 'halted');
  }

  private advance(record: LaneRecord, item: DeliveryItem, disposition: Disposition, tierMs: number | undefined): boolean {
    const { lane, shard } = record;
    if (disposition.kind === 'retry') {
      lane.postpone();
      record.waitingFor = item.key.eventId;
      this.wait(record, disposition.delayMs, tierMs === undefined);
      return false;
    }
    shard.coverage.onMove(record, lane.headSequence);
    const more = lane.settle(disposition.kind);
    if (!more) shard.retire(record, this.progress.sent);
    return more;
  }
}

function observe(result: AttemptResult, disposition: Disposition, tierMs: number | undefined, ageMs: number | undefined): void {
  attemptsTotal.inc({ response: result.statusCode === undefined ? 'none' : `${Math.floor(result.statusCode / 100)}xx` });
  attemptSeconds.observe(result.durationMs / 1_000);
  const { kind } = disposition;
  if (kind === 'retry') return retriesTotal.inc({ tier: tierMs === undefined ? 'timer' : retryTopicName(tierMs) });
  deliveriesTotal.inc({ outcome: kind });
  if (kind === 'dead') deadLetters.inc({ reason: disposition.reason });
  else if (ageMs !== undefined) acceptedToDeliveredSeconds.observe(ageMs / 1_000);
  const objective = objectiveResultOf(kind, ageMs);
  if (objective !== undefined) objectiveDeliveries.inc({ result: objective });
}
