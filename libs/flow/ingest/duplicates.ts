import { Injectable } from '@nestjs/common';
import { toPublicId } from '#domain/ids';
import { LockstepError } from '#domain/problem';
import type { Principal } from '#ground/http/principal';
import { FollowupRepository } from './followup.repository.js';

/** Decides what answers a duplicate: a request whose key stands for an event that was accepted before, with the same body. */
@Injectable()
export class Duplicates {
  constructor(private readonly followup: FollowupRepository) {}

  /**
   * Does with a duplicate what its principal's settings say.
   * @param event the first event's UUID
   * @returns whether the event's dead deliveries are delivered again because of this duplicate; of several at once, only one is told so
   * @throws LockstepError `conflict`, with the event's id; `store_unavailable`
   */
  async settle(principal: Principal, event: string): Promise<boolean> {
    const isRequeued = principal.ingest.resubmit === 'requeue-dead' && (await this.followup.requeue(principal, event));
    const outcome = outcomeOf(principal, event, isRequeued);
    if (outcome instanceof LockstepError) throw outcome;
    return outcome;
  }

  /**
   * As `settle`, for many events: asks once which of them have dead deliveries.
   * @returns for each event what `settle` returns or throws
   * @throws LockstepError `store_unavailable`, after which some events may be requeued
   */
  async settleAll(principal: Principal, events: readonly string[]): Promise<ReadonlyMap<string, boolean | LockstepError>> {
    const dead = principal.ingest.resubmit === 'requeue-dead' ? await this.followup.withDeadDeliveries(principal.tenant, events) : new Set<string>();
    const settled = new Map<string, boolean | LockstepError>();
    for (const event of events) {
      const isRequeued = dead.has(event) && (await this.followup.requeue(principal, event));
      settled.set(event, outcomeOf(principal, event, isRequeued));
    }
    return settled;
  }
}

function outcomeOf({ ingest: { duplicates } }: Principal, event: string, isRequeued: boolean): boolean | LockstepError {
  if (isRequeued || duplicates === 'replay') return isRequeued;
  const id = toPublicId('evt', event);
  return new LockstepError('conflict', `This event was accepted before, as ${id}`, { extensions: { id } });
}
