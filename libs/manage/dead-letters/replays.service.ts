import { Injectable } from '@nestjs/common';
import { mintId, NIL_ID, parsePublicId, toPublicId } from '#domain/ids';
import { LockstepError } from '#domain/problem';
import { END_MICROSECONDS, microsecondsOf } from '#ground/http/moment';
import { type Page, pageOfRead } from '#ground/http/pagination';
import { auditedBy, type Principal } from '#ground/http/principal';
import type { EndpointReplayRequest } from './endpoint-replay.schema.js';
import { type Replay, replayCursor, type ReplayQuery, type ReplayRequest, type StartedReplay } from './replay.schema.js';
import { type ListedReplayRow, type ReplayAction, type ReplayFilter, type ReplayRow, ReplaysRepository } from './replays.repository.js';

/**
 * Replays and discards dead letters. It only stores the request in Postgres; the shards' owners apply it in batches, and
 * `get` shows their progress. A second request is harmless: a delivery that is pending again is not a dead letter, and an equal
 * replay of past events is the same one.
 */
@Injectable()
export class ReplaysService {
  constructor(private readonly repository: ReplaysRepository) {}

  /** Counts the matching dead letters. @throws LockstepError invalid_request for an endpoint that the tenant does not have; a replay, also for a deleted one */
  async count(tenant: string, action: ReplayAction, request: ReplayRequest): Promise<number> {
    return this.repository.count(await this.filterOf(tenant, action, request));
  }

  /** @throws LockstepError invalid_request for an endpoint that the tenant does not have; a replay, also for a deleted one */
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
    return (await this.replayOfEndpoint(principal, endpointId, request, true)).matched;
  }

  /**
   * Delivers past events of an endpoint again: also those that were delivered, unless only dead letters are asked for. An equal
   * request while such a replay is running, or within 10 s, is answered with that one. @throws LockstepError not_found
   */
  async startForEndpoint(principal: Principal, endpointId: string, request: EndpointReplayRequest): Promise<StartedReplay> {
    return this.replayOfEndpoint(principal, endpointId, request, false);
  }

  private async replayOfEndpoint(principal: Principal, endpointId: string, { from, to, entity, type, status }: EndpointReplayRequest, dryRun: boolean): Promise<StartedReplay> {
    const { tenant } = principal;
    const endpoint = await this.findEndpoint(tenant, endpointId, false);
    if (endpoint === undefined) throw new LockstepError('not_found', `There is no endpoint ${endpointId}`);
    const [id, subject] = newReplay();
    const by = auditedBy(principal);
    if (status === 'any') {
      const replay = await this.repository.createForEndpoint({ tenant, endpoint, from, to, entity, type }, { id, by }, dryRun);
      return { id: toPublicId('rpl', replay.id), matched: replay.matched };
    }
    const filter: ReplayFilter = { tenant, action: 'replay', endpoint, entity, type, from, to };
    return { id: subject, matched: dryRun ? await this.repository.count(filter) : await this.repository.create(filter, { id, subject, by }) };
  }

  /** @throws LockstepError not_found */
  async get(tenant: string, id: string): Promise<Replay> {
    const uuid = parsePublicId('rpl', id);
    const row = uuid === undefined ? undefined : await this.repository.find(tenant, uuid);
    if (row === undefined) throw new LockstepError('not_found', `There is no replay ${id}`);
    return replayOf(row);
  }

  /** Newest first. */
  async list(tenant: string, { action, status, endpoint, from, to, limit, cursor }: ReplayQuery): Promise<Page<Replay>> {
    const end: readonly [number, string] = [to === undefined ? END_MICROSECONDS : microsecondsOf(to), NIL_ID];
    const endpointId = endpoint === undefined ? undefined : parsePublicId('ep', endpoint);
    const filter = { tenant, action, status, endpointId, from: from === undefined ? 0 : microsecondsOf(from) };
    const rows = await this.repository.list(filter, cursor !== undefined && cursor[0] < end[0] ? cursor : end, limit + 1);
    const page = pageOfRead(rows, limit, replayCursor, ({ microseconds, id }) => [microseconds, id]);
    return { ...page, data: page.data.map(replayOf) };
  }

  /**
   * Stops the replay between two batches: what was applied stays. Once more is harmless.
   * @throws LockstepError not_found; conflict if it had ended; overloaded if a batch takes too long
   */
  async cancel(principal: Principal, id: string): Promise<Replay> {
    const { tenant } = principal;
    const uuid = parsePublicId('rpl', id);
    const cancelled = uuid === undefined ? undefined : await this.repository.cancel({ tenant, id: uuid, subject: id, by: auditedBy(principal) });
    if (cancelled === undefined) throw new LockstepError('not_found', `There is no replay ${id}`);
    if (!cancelled) throw new LockstepError('conflict', `The replay ${id} is done: there is nothing left to cancel`);
    return this.get(tenant, id);
  }

  private async filterOf(tenant: string, action: ReplayAction, { endpoint, entity, type, from, to }: ReplayRequest): Promise<ReplayFilter> {
    return { tenant, action, endpoint: await this.endpointKeyOf(tenant, action, endpoint), entity, type, from, to };
  }

  private async endpointKeyOf(tenant: string, action: ReplayAction, endpoint: string | undefined): Promise<number | undefined> {
    if (endpoint === undefined) return undefined;
    // A deleted endpoint gets nothing any more; its dead letters can still be discarded.
    const key = await this.findEndpoint(tenant, endpoint, action === 'discard');
    if (key !== undefined) return key;
    const message = `there is no endpoint ${endpoint}`;
    throw new LockstepError('invalid_request', `endpoint: ${message}`, { errors: [{ path: '/endpoint', message }] });
  }

  private async findEndpoint(tenant: string, id: string, orDeleted: boolean): Promise<number | undefined> {
    const uuid = parsePublicId('ep', id);
    return uuid === undefined ? undefined : this.repository.findEndpoint(tenant, uuid, orDeleted);
  }
}

/** The internal and the public id of a new replay. */
function newReplay(): [string, string] {
  const id = mintId();
  return [id, toPublicId('rpl', id)];
}

function replayOf(row: ReplayRow | ListedReplayRow): Replay {
  const { id, action, eventId, endpointId, entity, type, from, to, selects, status, matched, applied, createdAt, cancelledAt, finishedAt } = row;
  return {
    id: toPublicId('rpl', id),
    action,
    status: status as Replay['status'],
    filter: {
      event: eventId === null ? null : toPublicId('evt', eventId),
      endpoint: endpointId === null ? null : toPublicId('ep', endpointId),
      entity,
      type,
      from: from?.toISOString() ?? null,
      to: to?.toISOString() ?? null,
      status: selects as Replay['filter']['status'],
    },
    matched,
    applied,
    createdAt: createdAt.toISOString(),
    finishedAt: status === 'running' ? null : (cancelledAt ?? finishedAt ?? createdAt).toISOString(),
  };
}
