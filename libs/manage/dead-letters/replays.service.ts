import { Injectable } from '@nestjs/common';
import { mintId, parsePublicId, toPublicId } from '#domain/ids';
import { LockstepError } from '#domain/problem';
import type { Principal } from '#ground/http/principal';
import type { Replay, ReplayRequest, StartedReplay } from './replay.schema.js';
import { type ReplayAction, type ReplayFilter, type ReplayRow, ReplaysRepository } from './replays.repository.js';

/**
 * Replaying and discarding of dead letters. What is asked for here is a row in Postgres; the shards' owners do it, in
 * batches, and `get` says how far they have come. Asking twice is harmless: what is pending again is no dead letter.
 */
@Injectable()
export class ReplaysService {
  constructor(private readonly repository: ReplaysRepository) {}

  /** How many dead letters match. @throws LockstepError invalid_request for an endpoint that is none of the tenant's */
  async count(tenant: string, action: ReplayAction, request: ReplayRequest): Promise<number> {
    return this.repository.count(await this.filterOf(tenant, action, request));
  }

  /** @throws LockstepError invalid_request for an endpoint that is none of the tenant's */
  async start({ tenant, actor }: Principal, action: ReplayAction, request: ReplayRequest): Promise<StartedReplay> {
    const filter = await this.filterOf(tenant, action, request);
    const [id, subject] = newReplay();
    return { id: subject, matched: await this.repository.create(filter, { id, subject, actor: actor.id }) };
  }

  /** Dead deliveries of the event again, and a new delivery where it was delivered. @throws LockstepError not_found */
  async startForEvent({ tenant, actor }: Principal, eventId: string): Promise<StartedReplay> {
    const event = parsePublicId('evt', eventId);
    const [id, subject] = newReplay();
    const matched = event === undefined ? undefined : await this.repository.createForEvent({ id, event, tenant, subject, actor: actor.id });
    if (matched === undefined) throw new LockstepError('not_found', `There is no event ${eventId}`);
    return { id: subject, matched };
  }

  /** @throws LockstepError not_found */
  async get(tenant: string, id: string): Promise<Replay> {
    const uuid = parsePublicId('rpl', id);
    const row = uuid === undefined ? undefined : await this.repository.find(tenant, uuid);
    if (row === undefined) throw new LockstepError('not_found', `There is no replay ${id}`);
    return replayOf(row);
  }

  private async filterOf(tenant: string, action: ReplayAction, { endpoint, entity, type, from, to }: ReplayRequest): Promise<ReplayFilter> {
    return { tenant, action, endpoint: await this.endpointKeyOf(tenant, endpoint), entity, type, from, to };
  }

  private async endpointKeyOf(tenant: string, endpoint: string | undefined): Promise<number | undefined> {
    if (endpoint === undefined) return undefined;
    const uuid = parsePublicId('ep', endpoint);
    const key = uuid === undefined ? undefined : await this.repository.findEndpoint(tenant, uuid);
    if (key !== undefined) return key;
    const message = `there is no endpoint ${endpoint}`;
    throw new LockstepError('invalid_request', `endpoint: ${message}`, { errors: [{ path: '/endpoint', message }] });
  }
}

/** A new replay's id, inside and outside. */
function newReplay(): [string, string] {
  const id = mintId();
  return [id, toPublicId('rpl', id)];
}

function replayOf(row: ReplayRow): Replay {
  const { id, action, eventId, endpointId, entity, type, from, to, matched, applied, open, createdAt, finishedAt } = row;
  return {
    id: toPublicId('rpl', id),
    action,
    status: open > 0 ? 'running' : 'done',
    filter: {
      event: eventId === null ? null : toPublicId('evt', eventId),
      endpoint: endpointId === null ? null : toPublicId('ep', endpointId),
      entity,
      type,
      from: from?.toISOString() ?? null,
      to: to?.toISOString() ?? null,
    },
    matched,
    applied,
    createdAt: createdAt.toISOString(),
    finishedAt: open > 0 ? null : (finishedAt ?? createdAt).toISOString(),
  };
}
