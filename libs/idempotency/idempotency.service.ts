import { setTimeout as delay } from 'node:timers/promises';
import { mintId } from '#domain/ids';
import { LockstepError } from '#domain/problem';
import { Poll } from '#ground/polling/poll';
import { GroupCommit } from '#ground/postgres/group-commit';
import { isConflict } from '#ground/postgres/sql-errors';
import type { Logger } from '#ground/telemetry/logger';
import type { Claim, ClaimOutcome, Offer, Settlement, Verdict } from './claim.js';
import { heldRequests, idempotentRequests, settlements, superseded, takeovers } from './idempotency.metrics.js';
import { type ClaimedSettlement, type ClaimResult, type IdempotencyRepository, type IdentifiedOffer, type LargeReplay, nameOf } from './idempotency.repository.js';

export interface IdempotencyOptions {
  /** How often leases are renewed: a third of the shortest lease. Claims with a shorter one make it more often. */
  readonly heartbeatMs: number;
  readonly logger: Logger;
}

export interface ClaimWait {
  /** How long to wait for whoever is carrying the request out. */
  readonly waitMs: number;
  /** Aborted when nobody waits any more. */
  readonly signal: AbortSignal;
}

/** 256: a claim writes some 300 bytes, and what is found may bring up to 64 KiB each. */
const CLAIMS_PER_BATCH = 256;
const SETTLEMENTS_PER_BATCH = 256;
/** 4 MiB: one statement's parameters are held three times over while they are sent. */
const BATCH_BYTES = 4_194_304;
/** An offer meets a claim that commits meanwhile, is asked again, and finds it then; a third time takes a third claimer. */
const MOST_OFFERS = 10;
/** A claim that nobody answers becomes a 503. What waits holds its body, so not for long, and not any number of them. */
const MOST_WAITING_CLAIMS = 10_000;
/** Beyond them keys stay locked until their lease has run out: each of these is a batch or so that was cut off. */
const MOST_LOST_CLAIMS = 10_000;
/** Between two looks at a key that somebody else works on: growing, because long work takes longer. */
const FIRST_LOOK_MS = 50;
const LONGEST_LOOK_MS = 1_000;
/** Between two tries to store an end that the store didn't take. */
const STORE_RETRY_MS = 250;

interface Held {
  readonly claim: Claim;
  readonly ended: PromiseWithResolvers<void>;
}

/** Offers whose claim nobody knows of, until when they are given up again and again. */
interface LostClaim {
  readonly offer: IdentifiedOffer;
  untilMs: number;
}

/**
 * Idempotent requests: one of all that carry a key is carried out, the others get its answer. Claims and ends are
 * committed in batches; whoever was told `claimed` holds the key, however long it works, until it settles.
 *
 * Fails closed: without the store nothing is claimed, and nothing is carried out.
 */
export class IdempotencyService {
  private readonly claims: GroupCommit<IdentifiedOffer, ClaimResult>;
  private readonly ends: GroupCommit<ClaimedSettlement, Verdict>;
  private readonly heartbeat: Poll;
  private heartbeatMs: number;
  private readonly held = new Map<number, Held>();
  /** The same by key: whoever waits here is told at once. */
  private readonly heldByName = new Map<string, Held>();
  private readonly lost = new Map<string, LostClaim>();
  private readonly stopping = new AbortController();

  constructor(
    private readonly repository: IdempotencyRepository,
    private readonly options: IdempotencyOptions,
  ) {
    this.claims = new GroupCommit({ maxItems: CLAIMS_PER_BATCH, commit: (offers) => repository.claim(offers) });
    this.ends = new GroupCommit({
      maxItems: SETTLEMENTS_PER_BATCH,
      maxBytes: BATCH_BYTES,
      bytesOf: ({ settlement }) => (settlement.state === 'completed' ? (settlement.body?.length ?? 0) : 0),
      commit: (ended) => repository.settle(ended),
    });
    this.heartbeatMs = options.heartbeatMs;
    this.heartbeat = new Poll({
      work: () => this.beat(),
      intervalMs: () => this.heartbeatMs,
      retryMs: STORE_RETRY_MS,
      onError: (err) => options.logger.warn({ err, held: this.held.size }, 'Leases of idempotent requests could not be renewed'),
    });
  }

  start(): void {
    this.heartbeat.start(this.options.heartbeatMs);
  }

  /** What is not settled by now is left to its lease. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.heartbeat.stop();
    await Promise.all([this.claims.idle(), this.ends.idle()]);
  }

  /** Whether claims are refused as `overloaded`. */
  get full(): boolean {
    return this.claims.waiting >= MOST_WAITING_CLAIMS;
  }

  /**
   * What is to be done with a request: `claimed` is told to one of all that carry its key. Check and claim are one
   * statement. While somebody else is carrying it out, waits as long as `wait` says.
   * @throws LockstepError store_unavailable, overloaded: it was not claimed, and must not be carried out
   */
  async claim(offer: Offer, wait?: ClaimWait): Promise<ClaimOutcome> {
    let outcome = await this.claimNow(offer);
    if (wait !== undefined && outcome.kind === 'in_flight') outcome = await this.claimAfter(offer, wait, outcome);
    idempotentRequests.inc({ outcome: outcome.kind });
    return outcome;
  }

  /**
   * Says how a claimed request ended, and stores it, however long the store is away; meanwhile its lease is renewed as
   * far as that goes. Rejects when the service is stopped before, and when Postgres will not have it: then its lease
   * runs out.
   * @throws LockstepError store_unavailable; what Postgres throws
   */
  async settle(claim: Claim, settlement: Settlement): Promise<Verdict> {
    for (;;) {
      try {
        const verdict = await this.ends.add({ claim, settlement });
        this.release(claim);
        if (verdict === 'superseded') superseded.inc();
        else settlements.inc({ state: settlement.state });
        return verdict;
      } catch (error) {
        if (this.stopping.signal.aborted || !(isStoreAway(error) || isConflict(error))) {
          this.release(claim);
          this.options.logger.error({ err: error, state: settlement.state }, 'How an idempotent request ended could not be stored; it is indeterminate when its lease has run out');
          throw error;
        }
        await delay(STORE_RETRY_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      }
    }
  }

  private async claimNow(offered: Offer): Promise<ClaimOutcome> {
    if (this.full) throw new LockstepError('overloaded', 'Too many requests wait for their idempotency key; try again shortly', { retryAfterSeconds: 1 });
    const offer = { ...offered, claimId: mintId() };
    try {
      for (let offers = 1; offers <= MOST_OFFERS; offers++) {
        const outcome = await this.outcomeOf(offer, await this.claims.add(offer));
        if (outcome !== undefined) return outcome;
      }
    } catch (error) {
      if (isStoreAway(error)) this.lose(offer, error);
      throw error;
    }
    // Claimed, failed and claimed anew by others again and again.
    return { kind: 'in_flight', retryAfterSeconds: 1 };
  }

  /** Undefined: offer it again. */
  private async outcomeOf(offer: IdentifiedOffer, result: ClaimResult): Promise<ClaimOutcome | undefined> {
    switch (result.kind) {
      case 'free':
        return undefined;
      case 'large_replay':
        return this.replayOf(offer, result);
      case 'claimed':
        this.hold(result.claim);
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

  /** Undefined: the key is another claim's by now. */
  private async replayOf(offer: Offer, { fence, status, headers, ageMs }: LargeReplay): Promise<ClaimOutcome | undefined> {
    try {
      const body = await this.repository.readBody(offer, fence);
      return body === undefined ? undefined : { kind: 'replay', response: { status, headers, body }, ageMs };
    } catch (error) {
      // Not an error as that of a claim: it is known that the request was carried out, so it must not be, whatever the route says.
      if (isStoreAway(error)) return { kind: 'response_away' };
      throw error;
    }
  }

  private async claimAfter(offer: Offer, { waitMs, signal }: ClaimWait, first: ClaimOutcome): Promise<ClaimOutcome> {
    const deadlineMs = performance.now() + waitMs;
    let outcome = first;
    let lookMs = FIRST_LOOK_MS;
    while (outcome.kind === 'in_flight' && !signal.aborted && performance.now() < deadlineMs) {
      const pauseMs = Math.min(lookMs, deadlineMs - performance.now());
      const here = this.heldByName.get(nameOf(offer))?.ended.promise;
      const looked = new AbortController();
      const pause = delay(pauseMs, undefined, { signal: AbortSignal.any([signal, looked.signal]) }).catch(() => undefined);
      await Promise.race(here === undefined ? [pause] : [pause, here]);
      looked.abort();
      lookMs = Math.min(lookMs * 1.5, LONGEST_LOOK_MS);
      outcome = await this.claimNow(offer).catch((error: unknown) => {
        if (!isStoreAway(error)) throw error;
        // What was last heard of it still holds: whoever was carrying it out has not told anybody that it is over.
        return first;
      });
    }
    return outcome;
  }

  private hold(claim: Claim): void {
    const held: Held = { claim, ended: Promise.withResolvers() };
    this.held.set(claim.fence, held);
    this.heldByName.set(nameOf(claim), held);
    heldRequests.set(this.held.size);
    if (claim.leaseMs / 3 >= this.heartbeatMs) return;
    this.heartbeatMs = claim.leaseMs / 3;
    this.heartbeat.nudge();
  }

  private release(claim: Claim): void {
    const held = this.held.get(claim.fence);
    if (held === undefined) return;
    this.held.delete(claim.fence);
    if (this.heldByName.get(nameOf(claim)) === held) this.heldByName.delete(nameOf(claim));
    heldRequests.set(this.held.size);
    held.ended.resolve();
  }

  /** The claim may stand there all the same, and would lock the key for nothing. */
  private lose(offer: IdentifiedOffer, error: unknown): void {
    const cause = error instanceof Error ? error.cause : undefined;
    const neverSent = cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED';
    if (neverSent || this.lost.size >= MOST_LOST_CLAIMS) return;
    this.lost.set(offer.claimId, { offer, untilMs: Infinity });
    this.heartbeat.nudge();
  }

  private async beat(): Promise<void> {
    if (this.held.size > 0) await this.repository.renew([...this.held.values()].map(({ claim }) => claim));
    if (this.lost.size > 0) await this.giveUpLost();
  }

  /**
   * Frees the keys of lost claims. Once more at each beat for as long as a lease: what a dead network still holds may
   * reach Postgres after it is whole again, and would then lock the key.
   */
  private async giveUpLost(): Promise<void> {
    const lost = [...this.lost.values()];
    await this.repository.giveUp(lost.map(({ offer }) => offer));
    const nowMs = performance.now();
    for (const claim of lost) {
      claim.untilMs = Math.min(claim.untilMs, nowMs + claim.offer.leaseMs);
      if (claim.untilMs <= nowMs) this.lost.delete(claim.offer.claimId);
    }
  }
}

export function isStoreAway(error: unknown): boolean {
  return error instanceof LockstepError && error.code === 'store_unavailable';
}
