import { isUtf8 } from 'node:buffer';
import { Injectable } from '@nestjs/common';
import type { EventAttributes } from '#domain/event-attributes';
import { parsePublicId, toPublicId } from '#domain/ids';
import { LockstepError } from '#domain/problem';
import { isStructured } from '#flow/ingest/cloud-event';
import { structuredAttributes } from '#flow/ingest/structured-event';
import { parseJsonBody } from '#ground/http/json-body';
import { type Page, pageOfRead, type ReadRow } from '#ground/http/pagination';
import { DeliveriesService } from './deliveries.service.js';
import { type DeliverySummary, type Event, eventCursor, type EventDeliveryQuery, type EventQuery } from './event.schema.js';
import { type EventDetailRow, type EventRow, EventsRepository } from './events.repository.js';

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\b/i;

@Injectable()
export class EventsService {
  constructor(
    private readonly repository: EventsRepository,
    private readonly deliveries: DeliveriesService,
  ) {}

  /** Newest first. */
  async list(tenant: string, { entity, type, source, status, from, to, limit, cursor }: EventQuery): Promise<Page<Event>> {
    const admitted = status === undefined ? undefined : status === 'admitted';
    const rows = await this.repository.list({ tenant, entity, type, source, admitted, from, to }, cursor?.[0], limit + 1);
    const page = pageOfRead(rows, limit, eventCursor, ({ id }) => [id]);
    return { ...page, data: page.data.map(eventOf) };
  }

  /** In the order of routing, then replays. @throws LockstepError not_found */
  async listDeliveries(tenant: string, id: string, query: EventDeliveryQuery): Promise<Page<DeliverySummary>> {
    const uuid = parsePublicId('evt', id);
    if (uuid === undefined || !(await this.repository.exists(tenant, uuid))) throw notFound(id);
    return this.deliveries.listOfEvent(tenant, uuid, query);
  }

  /**
   * The event with its payload and first deliveries, as JSON text. It contains the accepted bytes unchanged, because parsing
   * would change numbers above 2^53 and the order of members.
   * @throws LockstepError not_found
   */
  async getAsJson(tenant: string, id: string): Promise<Buffer> {
    const uuid = parsePublicId('evt', id);
    const row = uuid === undefined ? undefined : await this.repository.find(tenant, uuid);
    if (row === undefined) throw notFound(id);
    const { acceptedBy, contentType } = row;
    const destination = row.destination === null ? null : toPublicId('ep', row.destination);
    const members = JSON.stringify({ ...eventOf(row), acceptedBy, destination, contentType, attributes: attributesOf(row), ...(await this.deliveries.ofEvent(tenant, row.id)) });
    return Buffer.concat([Buffer.from(`${members.slice(0, -1)},"payload":`), payloadJson(contentType, row.payload), Buffer.from('}')]);
  }
}

function notFound(id: string): LockstepError {
  return new LockstepError('not_found', `There is no event ${id}`);
}

function eventOf({ id, type, entity, occurredAt, acceptedAt, idempotencyKey, source, admitted }: Omit<EventRow, keyof ReadRow>): Event {
  return {
    id: toPublicId('evt', id),
    type,
    entity,
    timestamp: occurredAt?.toISOString() ?? null,
    acceptedAt: acceptedAt.toISOString(),
    idempotencyKey,
    source,
    status: admitted === true ? 'admitted' : 'accepted',
  };
}

function attributesOf({ contentType, attributes, payload }: EventDetailRow): EventAttributes {
  return isStructured(contentType) ? structuredAttributes(payload) : ((attributes ?? {}) as EventAttributes);
}

/** JSON unchanged, other text as a string, anything else as a string in base64. */
function payloadJson(contentType: string, payload: Buffer): Buffer {
  if (JSON_TYPE.test(contentType) && isJson(payload)) return payload;
  return Buffer.from(JSON.stringify(payload.toString(isUtf8(payload) ? 'utf8' : 'base64')));
}

/** The data of a CloudEvent in binary mode is not looked at when it is accepted. */
function isJson(payload: Buffer): boolean {
  try {
    parseJsonBody(payload);
    return true;
  } catch {
    return false;
  }
}
