import { now } from '#domain/clock';
import type { Reservation, TokenLease } from '#domain/token-lease';
import { tokensUsed } from './endpoint-limits.metrics.js';

/** A token for one request, which counts as held until the request is written. */
export class SendPermit {
  private reservation: Reservation | undefined;

  /** @param onSpent the token was used, or is free again: others may wait for it */
  constructor(
    private readonly lease: TokenLease,
    reservation: Reservation,
    private readonly onSpent: () => void,
  ) {
    this.reservation = reservation;
  }

  /** Uses the token. Ask right before the request's first byte is written; if false, it must not be written. */
  use(): boolean {
    const { reservation } = this;
    this.reservation = undefined;
    if (reservation === undefined || !this.lease.spend(reservation, now())) return false;
    tokensUsed.inc();
    this.onSpent();
    return true;
  }

  /** Takes another token, to write the same request once more; `use` uses it. False if there is none. */
  renew(): boolean {
    this.giveBack();
    this.reservation = this.lease.reserve(now());
    return this.reservation !== undefined;
  }

  /** The request is not written. After `use` this does nothing. */
  giveBack(): void {
    if (this.reservation === undefined) return;
    this.lease.giveBack(this.reservation);
    this.reservation = undefined;
    this.onSpent();
  }
}
