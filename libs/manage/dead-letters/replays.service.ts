import { Injectable } from '@nestjs/common';
import { mintId, parsePublicId, toPublicId } from '#domain/ids';
import { LockstepError } from '#domain/problem';
import { auditedBy, type Principal } from '#ground/http/principal';
import type { EndpointReplayRequest } from './endpoint-replay.schema.js';
import type { Replay, ReplayRequest, StartedReplay } from './replay.schema.js';
import { type ReplayAction, type ReplayFilter, type ReplayRow, ReplaysRepository } from './replays.repository.js';

/**
 * Replays and discards dead letters. It only stores the request in Postgres; the shards' owners apply it in batches, and
 * `get` shows their progress. A second request is harmless: a delivery that is pending again is not a dead letter.
 */
@Injectable()
export class ReplaysService {
  constructor(private readonly repository: ReplaysRepository) {}

  /** Counts the matching dead letters. @throws LockstepError invalid_request for an endpoint that the tenant does not have */
  async count(tenant: string, action: ReplayAction, request: ReplayRequest): Promise<number> {
    return this.repository.count(await this.filterOf(tenant, action, request));
  }

  /** @throws LockstepError invalid_request for an endpoint that the tenant does not have */
  async start(principal: Principal, action: ReplayAction, request: ReplayRequest): Promise<StartedReplay> {
    const filter = await this.filterOf(principal.tenant, action, request);
    const [id, subject] = newReplay();
    return { id: subject, matched: await this.repository.create(filter, { id, subject, by: auditedBy(principal) }) };
  }

  /** Delivers the event's dead deliveries again, and makes new ones where it was delivered. @throws LockstepError not_found */
  async startForEvent(principal: Principal, eventId: string): Promise<StartedReplay> {
    const event = parsePublicId('evt', eventId);
    const [id, subject] = newReplay();
    const matched = event === undefined ? undefined : await this.repository.createForEvent({ id, event, tenant: principal.tenant, subject, by: auditedBy(principal) });
    if (matched === undefined) throw new LockstepError('not_found', `There is no event ${eventId}`);
    return { id: subject, matched };
  }

  /** Counts what `startForEndpoint` would replay. @throws LockstepError not_found */
  async countForEndpoint(principal: Principal, endpointId: string, request: EndpointReplayRequest): Promise<number> {
    return this.replayOfEndpoint(principal, endpointId, request, newReplay(), true);
  }

  /** Delivers past events of an endpoint again: also those that were delivered, unless only dead letters are asked for. @throws LockstepError not_found */
  async startForEndpoint(principal: Principal, endpointId: string, request: EndpointReplayRequest): Promise<StartedReplay> {
    const replay = newReplay();
    return { id: replay[1], matched: await this.replayOfEndpoint(principal, endpointId, request, replay, false) };
  }

  private async replayOfEndpoint(principal: Principal, endpointId: string, { from, to, entity, type, status }: EndpointReplayRequest, [id, subject]: [string, string], dryRun: boolean): Promise<number> {
    const { tenant } = principal;
    const endpoint = await this.findEndpoint(tenant, endpointId);
    if (endpoint === undefined) throw new LockstepError('not_found', `There is no endpoint ${endpointId}`);
    const ids = { id, subject, by: auditedBy(principal) };
    if (status === 'any') return this.repository.createForEndpoint({ tenant, endpoint, from, to, entity, type }, ids, dryRun);
    const filter: ReplayFilter = { tenant, action: 'replay', endpoint, entity, type, from, to };
    return dryRun ? this.repository.count(filter) : this.repository.create(filter, ids);
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
    const key = await this.findEndpoint(tenant, endpoint);
    if (key !== undefined) return key;
    const message = `there is no endpoint ${endpoint}`;
    throw new LockstepError('invalid_request', `endpoint: ${message}`, { errors: [{ path: '/endpoint', message }] });
  }

  private async findEndpoint(tenant: string, id: string): Promise<number | undefined> {
    const uuid = parsePublicId('ep', id);
    return uuid === undefined ? undefined : this.repository.findEndpoint(tenant, uuid);
  }
}

/** The internal and the public id of a new replay. */
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
