import { Poll } from '#ground/polling/poll';
import type { Logger } from '#ground/telemetry/logger';
import type { Claim, KeyedRequest } from './claim.js';
import { heldRequests } from './idempotency.metrics.js';
import { type ClaimAttempt, type IdempotencyRepository, nameOf } from './idempotency.repository.js';

/** Requests whose claim got no answer. Above this number a key stays locked until its lease expires. */
const MAX_UNANSWERED_CLAIMS = 10_000;
/** After a failed renewal. */
const RETRY_MS = 250;

interface HeldClaim {
  readonly claim: Claim;
  readonly ended: PromiseWithResolvers<void>;
}

interface UnansweredClaim {
  readonly attempt: ClaimAttempt;
  /** Each beat gives the claim up again until then. */
  untilMs: number;
}

/**
 * The claims of this process. Renews the lease of each claim that it holds, three times per lease, and gives up claims
 * that Postgres may have committed without an answer reaching us.
 */
export class ClaimLeases {
  private readonly held = new Map<number, HeldClaim>();
  private readonly heldByName = new Map<string, HeldClaim>();
  private readonly unanswered = new Map<string, UnansweredClaim>();
  private readonly heartbeat: Poll;
  private intervalMs: number;

  /** @param leaseMs the usual lease; the heartbeat speeds up by itself when a claim has a shorter one */
  constructor(
    private readonly repository: IdempotencyRepository,
    leaseMs: number,
    logger: Logger,
  ) {
    this.intervalMs = leaseMs / 3;
    this.heartbeat = new Poll({
      work: () => this.beat(),
      intervalMs: () => this.intervalMs,
      retryMs: RETRY_MS,
      onError: (err) => logger.warn({ err, held: this.held.size }, 'Leases of idempotent requests could not be renewed; trying again'),
    });
  }

  start(): void {
    this.heartbeat.start(this.intervalMs);
  }

  /** Claims that are still held are left to their lease. */
  stop(): Promise<void> {
    return this.heartbeat.stop();
  }

  /** Renews the claim's lease from now on. */
  hold(claim: Claim): void {
    const held: HeldClaim = { claim, ended: Promise.withResolvers() };
    this.held.set(claim.fence, held);
    this.heldByName.set(nameOf(claim), held);
    heldRequests.set(this.held.size);
    if (claim.leaseMs / 3 >= this.intervalMs) return;
    this.intervalMs = claim.leaseMs / 3;
    this.heartbeat.nudge();
  }

  /** The claim has ended, or is left to its lease. */
  release(claim: Claim): void {
    const held = this.held.get(claim.fence);
    if (held === undefined) return;
    this.held.delete(claim.fence);
    if (this.heldByName.get(nameOf(claim)) === held) this.heldByName.delete(nameOf(claim));
    heldRequests.set(this.held.size);
    held.ended.resolve();
  }

  /** Resolves when this process releases its claim of the key; undefined when it holds none. */
  endOf(keyed: KeyedRequest): Promise<void> | undefined {
    return this.heldByName.get(nameOf(keyed))?.ended.promise;
  }

  /** No answer came to this attempt. If Postgres committed it, the key would be locked for nothing. */
  giveUp(attempt: ClaimAttempt): void {
    if (this.unanswered.size >= MAX_UNANSWERED_CLAIMS) return;
    this.unanswered.set(attempt.claimId, { attempt, untilMs: Infinity });
    this.heartbeat.nudge();
  }

  private async beat(): Promise<void> {
    if (this.held.size > 0) await this.repository.renew([...this.held.values()].map(({ claim }) => claim));
    if (this.unanswered.size > 0) await this.giveUpUnanswered();
  }

  /**
   * Frees the keys of unanswered claims. Repeats it at each beat for as long as a lease lasts, because a broken network
   * can still hold the statement and deliver it to Postgres later.
   */
  private async giveUpUnanswered(): Promise<void> {
    const claims = [...this.unanswered.values()];
    await this.repository.giveUp(claims.map(({ attempt }) => attempt));
    const nowMs = performance.now();
    for (const claim of claims) {
      claim.untilMs = Math.min(claim.untilMs, nowMs + claim.attempt.leaseMs);
      if (claim.untilMs <= nowMs) this.unanswered.delete(claim.attempt.claimId);
    }
  }
}
