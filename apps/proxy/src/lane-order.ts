import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { LockstepError } from '#domain/problem';
import type { Claim, KeyedRequest, Settlement, Verdict } from '#idempotency/claim';
import { IdempotencyService } from '#idempotency/idempotency.service';
import { type WebhookPosition, WebhookPositions } from '#idempotency/webhook-positions';
import { positionOf } from './request-key.js';

/** Keeps webhook lanes in order, for routes with `refuseRegressed`: no event reaches the backend after a later one. */
@Injectable()
export class LaneOrder {
  constructor(
    private readonly positions: WebhookPositions,
    private readonly idempotency: IdempotencyService,
  ) {}

  /**
   * The position of a claimed delivery in its lane; undefined when it names none.
   * @throws LockstepError sequence_regressed, store_unavailable; the key is free again then
   */
  async enter(headers: IncomingHttpHeaders, { tenant, scope }: KeyedRequest, claim: Claim): Promise<WebhookPosition | undefined> {
    const found = positionOf(headers);
    if (found === undefined) return undefined;
    const position = { tenant, scope, ...found };
    try {
      if (!(await this.positions.isPassed(position))) return position;
      throw new LockstepError('sequence_regressed', `Event ${position.sequence} of this entity comes after a later one; it was not passed on`);
    } catch (error) {
      await this.idempotency.inTime(this.idempotency.settle(claim, { state: 'failed' }));
      throw error;
    }
  }

  /**
   * Stores the outcome of a delivery, and moves its lane when the backend took it. A delivery that the backend refused,
   * such as one with a forged signature, must not close the lane for the real ones. The lane moves first, so that no crash
   * leaves it behind a delivery that was taken.
   */
  async settle(position: WebhookPosition, claim: Claim, settlement: Settlement): Promise<Verdict> {
    if (settlement.state !== 'completed') return this.idempotency.settle(claim, settlement);
    const moved = await this.positions.advance(position, claim.retentionMs).then(() => true, () => false);
    const verdict = await this.idempotency.settle(claim, settlement);
    // Postgres was away, and `settle` has waited until it was back.
    if (!moved) await this.positions.advance(position, claim.retentionMs);
    return verdict;
  }
}
