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
    const { duplicates, resubmit } = principal.ingest;
    if (resubmit === 'requeue-dead' && (await this.followup.requeue(principal, event))) return true;
    if (duplicates === 'replay') return false;
    const id = toPublicId('evt', event);
    throw new LockstepError('conflict', `This event was accepted before, as ${id}`, { extensions: { id } });
  }
}
