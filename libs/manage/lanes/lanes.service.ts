import { Injectable } from '@nestjs/common';
import { deliveryId, NIL_ID, parsePublicId, toPublicId } from '#domain/ids';
import { LockstepError } from '#domain/problem';
import { type Page, pageOf } from '#ground/http/pagination';
import { auditedBy, type Principal } from '#ground/http/principal';
import { laneCursor, type LaneQuery, type LaneResource, type LaneSkip } from './lane.schema.js';
import { type LaneMarking, type LaneRow, LanesViewRepository } from './lanes-view.repository.js';

/** Before the first lane in both orders. */
const START = [-1e15, 0] as const;

/** Shows lanes, and marks them as operators want. The shard's owner applies the mark. */
@Injectable()
export class LanesService {
  constructor(private readonly repository: LanesViewRepository) {}

  async list(tenant: string, { endpoint, entity, state, sort, limit, cursor = START }: LaneQuery): Promise<Page<LaneResource>> {
    const uuid = endpoint === undefined ? undefined : parsePublicId('ep', endpoint);
    const rows = await this.repository.list({ tenant, endpoint: uuid, entity, state, sort }, cursor, limit + 1);
    const page = pageOf(rows, limit, laneCursor, ({ place, id }) => [place, id]);
    return { ...page, data: page.data.map(laneOf) };
  }

  /** @throws LockstepError not_found */
  async get(tenant: string, endpoint: string, entity: string): Promise<LaneResource> {
    const uuid = parsePublicId('ep', endpoint);
    const row = uuid === undefined ? undefined : await this.repository.find(tenant, uuid, entity);
    if (row === undefined) throw notFound(endpoint, entity);
    return laneOf(row);
  }

  /**
   * Marks the lane, which is audited. `pause` stops it after the attempt in flight, `resume` ends a pause or a halt, `skip`
   * discards the head.
   * @throws LockstepError not_found; conflict if there is nothing to skip, or the given event is not the head
   */
  async mark(principal: Principal, endpoint: string, entity: string, action: LaneMarking['action'], { reason, event }: LaneSkip): Promise<LaneResource> {
    const { tenant } = principal;
    const uuid = parsePublicId('ep', endpoint);
    const eventUuid = event === undefined ? undefined : (parsePublicId('evt', event) ?? NIL_ID);
    const marked = uuid === undefined ? undefined : await this.repository.mark({ tenant, endpoint: uuid, entity, action, reason, event: eventUuid, by: auditedBy(principal), subject: `${endpoint}/${entity}` });
    if (marked === undefined) throw notFound(endpoint, entity);
    if (action === 'skip' && marked.head === null) {
      throw new LockstepError('conflict', event === undefined ? 'The lane has no pending delivery to skip' : `${event} is not the head of this lane`);
    }
    return this.get(tenant, endpoint, entity);
  }
}

function notFound(endpoint: string, entity: string): LockstepError {
  return new LockstepError('not_found', `The endpoint ${endpoint} has no lane for the entity ${entity}: the first delivery creates it`);
}

function laneOf(row: LaneRow): LaneResource {
  const { endpointId, endpoint, entity, depth, oldestAt, headSequence, headEvent, headReplay, headAttempts, headDeadReason, nextAttemptAt } = row;
  const state = row.state as LaneResource['state'];
  return {
    endpoint: toPublicId('ep', endpointId),
    entity,
    state,
    reason: state === 'waiting' ? reasonOf(row) : null,
    depth,
    head: headEvent === null || headSequence === null ? null : {
      event: toPublicId('evt', headEvent),
      delivery: deliveryId({ eventId: headEvent, endpoint, replay: headReplay ?? 0 }),
      sequence: headSequence,
      attempts: headAttempts ?? 0,
      deadReason: headDeadReason,
    },
    oldestAt: oldestAt?.toISOString() ?? null,
    nextAttemptAt: nextAttemptAt?.toISOString() ?? null,
  };
}

function reasonOf({ endpointStatus, isHeldByBreaker, isRateLimited }: LaneRow): LaneResource['reason'] {
  if (endpointStatus === 'paused') return 'endpoint_paused';
  if (endpointStatus === 'disabled') return 'endpoint_disabled';
  if (isHeldByBreaker) return 'breaker';
  return isRateLimited ? 'rate_limit' : 'retry';
}
