import { elapsedMs, now, type Moment } from '#domain/clock';

/** How long before the lease's end its owner stops sending, so that a request it just sent can end before another owner starts. */
const SAFETY_MARGIN_MS = 2_000;

export type LeaseState = 'loading' | 'active' | 'suspended' | 'draining' | 'lost';

/** What made the lease, and hears that a statement under it was fenced. */
export interface LeaseHolder {
  fenced(lease: Lease): void;
}

/**
 * A shard's lease as its owner sees it: what the owner may do under it, and until when.
 *
 *     loading ──onLoaded──▶ active ◀──suspend, resume──▶ suspended
 *        └──────drain──────┬──┴──────────drain──────────────┘
 *                          ▼
 *                      draining            any state ──end──▶ lost
 *
 * Invariants:
 *  1. An attempt starts only in `active`, and only before the owner's deadline. The deadline counts from before the renewal
 *     was sent, so it is never later than the database's.
 *  2. The log and the retries are read in `active` and `suspended` only: after the lanes are loaded, before the handover.
 *  3. From `draining` the lease goes to `lost` only. Outcomes are still committed, and the lease is renewed, until then.
 *  4. `lost` is final, whether the lease was released or another owner took the shard: nothing may be sent or changed.
 */
export class Lease {
  private current: LeaseState = 'loading';
  /** The deadline passed while the lanes were loading. */
  private suspendedEarly = false;
  private confirmedAt: Moment;
  private readonly usableMs: number;

  constructor(
    readonly shard: number,
    readonly epoch: number,
    ttlMs: number,
    acquiredAt: Moment,
    private readonly holder: LeaseHolder,
  ) {
    this.confirmedAt = acquiredAt;
    this.usableMs = ttlMs - Math.min(SAFETY_MARGIN_MS, ttlMs / 2);
  }

  get state(): LeaseState {
    return this.current;
  }

  get isActive(): boolean {
    return this.current === 'active';
  }

  get isLost(): boolean {
    return this.current === 'lost';
  }

  /** Whether the shard's log and retries may be read; invariant 2. */
  get mayRead(): boolean {
    return this.current === 'active' || this.current === 'suspended';
  }

  /** Whether an attempt may be started; invariant 1. */
  get maySend(): boolean {
    return this.current === 'active' && this.remainingMs() > 0;
  }

  /** The shard's lanes are loaded. */
  onLoaded(): void {
    if (this.current === 'loading') this.current = this.suspendedEarly ? 'suspended' : 'active';
  }

  /** The renewal that was sent at this moment was committed. */
  renewed(sentAt: Moment): void {
    this.confirmedAt = sentAt;
  }

  /** The owner's deadline has passed without a renewal. */
  suspend(): void {
    if (this.current === 'active') this.current = 'suspended';
    else this.suspendedEarly = this.current === 'loading';
  }

  /** The lease was renewed after all. */
  resume(): void {
    this.suspendedEarly = false;
    if (this.current === 'suspended') this.current = 'active';
  }

  /** The shard is being handed over. */
  drain(): void {
    if (this.current !== 'lost') this.current = 'draining';
  }

  end(): void {
    this.current = 'lost';
  }

  /** A statement under this lease was refused: another owner has the shard. */
  fenced(): void {
    this.holder.fenced(this);
  }

  /** Milliseconds in which the owner may still send; negative when the deadline has passed. */
  remainingMs(at: Moment = now()): number {
    return this.usableMs - elapsedMs(this.confirmedAt, at);
  }
}
