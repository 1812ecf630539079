import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { mintId } from '#domain/ids';
import { LockstepError } from '#domain/problem';
import { GroupCommit } from '#ground/postgres/group-commit';
import { isConflict } from '#ground/postgres/sql-errors';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { checked } from './checked.js';
import type { Claim, ClaimOutcome, KeyedRequest, Settlement, Verdict } from './claim.js';
import { ClaimLeases } from './claim-leases.js';
import { countRequest, settlements, superseded, takeovers } from './idempotency.metrics.js';
import { DEFAULT_STORE_PATIENCE_MS, IDEMPOTENCY_OPTIONS, type IdempotencyOptions } from './idempotency-options.js';
import { type ClaimAttempt, type ClaimedSettlement, type ClaimResult, IdempotencyRepository, type LargeReplay } from './idempotency.repository.js';

export interface ClaimWait {
  /** How long to wait for the request that holds the key. */
  readonly waitMs: number;
  /** Aborted when the client has left. */
  readonly signal: AbortSignal;
}

/** 256: a claim writes some 300 bytes, and a stored answer may bring up to 64 KiB each. */
const CLAIMS_PER_BATCH = 256;
const SETTLEMENTS_PER_BATCH = 256;
/** 4 MiB: pg holds the parameters of a statement three times over while it sends them. */
const BATCH_BYTES = 4_194_304;
/** A try fails when another claim of the key commits at the same moment; the next try finds it. */
const MAX_TRIES = 10;
/** A waiting claim holds its request body in memory. */
const MAX_WAITING_CLAIMS = 10_000;
/** Between two looks at a key that another process holds. The pause grows, because long work takes longer. */
const FIRST_LOOK_MS = 50;
const LONGEST_LOOK_MS = 1_000;
/** Between two tries to store an outcome while Postgres is away. */
const STORE_RETRY_MS = 250;

/**
 * Idempotent requests: one of all requests with a key is carried out, the others get its answer. Claims and outcomes are
 * committed in batches. A request that got `claimed` holds the key until it settles.
 *
 * Fails closed: without Postgres no key is claimed, and no request is carried out.
 */
@Injectable()
export class IdempotencyService {
  private readonly claims: GroupCommit<ClaimAttempt, ClaimResult>;
  private readonly outcomes: GroupCommit<ClaimedSettlement, Verdict>;
  private readonly leases: ClaimLeases;
  private readonly stopping = new AbortController();

  constructor(
    private readonly repository: IdempotencyRepository,
    @Inject(IDEMPOTENCY_OPTIONS) private readonly options: IdempotencyOptions,
    @InjectLogger() private readonly logger: Logger,
  ) {
    this.claims = new GroupCommit({ maxItems: CLAIMS_PER_BATCH, commit: (attempts) => repository.claim(attempts) });
    this.outcomes = new GroupCommit({
      maxItems: SETTLEMENTS_PER_BATCH,
      maxBytes: BATCH_BYTES,
      bytesOf: ({ settlement }) => (settlement.state === 'completed' ? (settlement.body?.length ?? 0) : 0),
      commit: (settled) => repository.settle(settled),
    });
    this.leases = new ClaimLeases(repository, options.leaseMs, logger);
  }

  start(): void {
    this.leases.start();
  }

  /** Requests that have not settled by now are left to their lease. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.leases.stop();
    await Promise.all([this.claims.idle(), this.outcomes.idle()]);
  }

  /** Whether claims are refused as `overloaded`. */
  get full(): boolean {
    return this.claims.waiting >= MAX_WAITING_CLAIMS;
  }

  /**
   * Decides what happens with a request. One of all requests with its key gets `claimed`; check and claim are one
   * statement. While another request holds the key, waits as long as `wait` says.
   * @throws LockstepError store_unavailable, overloaded: the key was not claimed, and the request must not be carried out
   */
  async claim(keyed: KeyedRequest, wait?: ClaimWait): Promise<ClaimOutcome> {
    let outcome = await checked(() => this.claimNow(keyed));
    if (wait !== undefined && outcome.kind === 'in_flight') outcome = await this.claimAfter(keyed, wait, outcome);
    countRequest(keyed.operation, outcome.kind);
    return outcome;
  }

  /**
   * Stores how a claimed request ended. While Postgres is away it tries again, and the lease is renewed as far as
   * possible. Rejects when the service stops first, or when Postgres refuses the statement; then the lease expires.
   * @throws LockstepError store_unavailable; what Postgres throws
   */
  async settle(claim: Claim, settlement: Settlement): Promise<Verdict> {
    for (;;) {
      try {
        const verdict = await this.outcomes.add({ claim, settlement });
        this.leases.release(claim);
        if (verdict === 'superseded') superseded.inc();
        else settlements.inc({ state: settlement.state });
        return verdict;
      } catch (error) {
        if (this.stopping.signal.aborted || !(isStoreAway(error) || isConflict(error))) {
          this.leases.release(claim);
          this.logger.error({ err: error, state: settlement.state }, 'The outcome of an idempotent request could not be stored; it is indeterminate when its lease expires');
          throw error;
        }
        await delay(STORE_RETRY_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      }
    }
  }

  /**
   * The result of `settle`, or `late` when it takes longer than a client should wait for its answer, or fails. Storing
   * continues after `late`.
   */
  async inTime(stored: Promise<Verdict>): Promise<Verdict | 'late'> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), this.options.storePatienceMs ?? DEFAULT_STORE_PATIENCE_MS);
    });
    try {
      // `settle` has logged the error.
      return await Promise.race([stored.catch((): 'late' => 'late'), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private async claimNow(keyed: KeyedRequest): Promise<ClaimOutcome> {
    if (this.full) throw new LockstepError('overloaded', 'Too many requests wait for their idempotency key; try again shortly', { retryAfterSeconds: 1 });
    const attempt = { ...keyed, claimId: mintId() };
    try {
      for (let tries = 1; tries <= MAX_TRIES; tries++) {
        const outcome = await this.outcomeOf(attempt, await this.claims.add(attempt));
        if (outcome !== undefined) return outcome;
      }
    } catch (error) {
      if (isStoreAway(error) && !wasRefused(error)) this.leases.giveUp(attempt);
      throw error;
    }
    // Other requests claimed the key and failed, each time just before us.
    return { kind: 'in_flight', retryAfterSeconds: 1 };
  }

  /** Undefined: try again. */
  private async outcomeOf(attempt: ClaimAttempt, result: ClaimResult): Promise<ClaimOutcome | undefined> {
    switch (result.kind) {
      case 'free':
        return undefined;
      case 'large_replay':
        return this.replayOf(attempt, result);
      case 'claimed':
        this.leases.hold(result.claim);
        if (result.takeover) takeovers.inc();
        return result;
      case 'replay':
      case 'in_flight':
      case 'mismatch':
      case 'indeterminate':
      case 'response_not_kept':
      case 'response_away':
        return result;
    }
  }

  /** Undefined: another claim has taken the key since. */
  private async replayOf(keyed: KeyedRequest, { fence, status, headers, ageMs }: LargeReplay): Promise<ClaimOutcome | undefined> {
    try {
      const body = await this.repository.readBody(keyed, fence);
      return body === undefined ? undefined : { kind: 'replay', response: { status, headers, body }, ageMs };
    } catch (error) {
      // Unlike a failed claim, this request is known to have been carried out. A route that fails open must not repeat it.
      if (isStoreAway(error)) return { kind: 'response_away' };
      throw error;
    }
  }

  private async claimAfter(keyed: KeyedRequest, { waitMs, signal }: ClaimWait, first: ClaimOutcome): Promise<ClaimOutcome> {
    const deadlineMs = performance.now() + waitMs;
    let outcome = first;
    let lookMs = FIRST_LOOK_MS;
    while (outcome.kind === 'in_flight' && !signal.aborted && performance.now() < deadlineMs) {
      const pauseMs = Math.min(lookMs, deadlineMs - performance.now());
      const looked = new AbortController();
      const pause = delay(pauseMs, undefined, { signal: AbortSignal.any([signal, looked.signal]) }).catch(() => undefined);
      await Promise.race([pause, this.leases.endOf(keyed) ?? pause]);
      looked.abort();
      lookMs = Math.min(lookMs * 1.5, LONGEST_LOOK_MS);
      outcome = await this.claimNow(keyed).catch((error: unknown) => {
        if (!isStoreAway(error)) throw error;
        // The last answer still holds: without Postgres the holder cannot have settled.
        return first;
      });
    }
    return outcome;
  }
}

export function isStoreAway(error: unknown): boolean {
  return error instanceof LockstepError && error.code === 'store_unavailable';
}

/** The connection was refused, so the statement was never sent. */
function wasRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED';
}
