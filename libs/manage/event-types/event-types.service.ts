import { Injectable } from '@nestjs/common';
import { EVENT_TYPE_RULE, isEventType } from '#domain/event-type';
import { LockstepError } from '#domain/problem';
import { type Page, pageOf } from '#ground/http/pagination';
import { auditedBy, type Principal } from '#ground/http/principal';
import { compileSchema } from '#ground/json-schema/compile-schema';
import { SchemaError } from '#ground/json-schema/schema-error';
import { type EventType, eventTypeCursor, type EventTypeQuery, type NewEventType } from './event-type.schema.js';
import { type EventTypeRow, EventTypesRepository, MAX_EVENT_TYPES } from './event-types.repository.js';

/** Manages a tenant's event types. A change holds at every gateway within a second after it is answered. */
@Injectable()
export class EventTypesService {
  constructor(private readonly repository: EventTypesRepository) {}

  /**
   * Creates an event type, or replaces all its settings.
   * @throws LockstepError invalid_request, with the paths of what is wrong in the schema; conflict
   */
  async put(principal: Principal, name: string, { description, schema, enforce, deprecated }: NewEventType): Promise<{ readonly eventType: EventType; readonly isNew: boolean }> {
    if (!isEventType(name)) throw new LockstepError('invalid_request', `The name ${EVENT_TYPE_RULE}`, { errors: [{ path: 'name', message: EVENT_TYPE_RULE }] });
    if (schema !== null) checkSchema(schema);
    const row = await this.repository.put({
      tenant: principal.tenant, name, description, schema: schema === null ? null : JSON.stringify(schema), enforce, deprecated, by: auditedBy(principal),
    });
    if (row === undefined) throw new LockstepError('conflict', `The tenant has ${MAX_EVENT_TYPES} event types, which is the limit: delete some that are no longer used`);
    return { eventType: resourceOf(row), isNew: row.version === 1 };
  }

  async list(tenant: string, { limit, cursor }: EventTypeQuery): Promise<Page<EventType>> {
    const rows = await this.repository.list(tenant, cursor?.[0], limit + 1);
    const page = pageOf(rows, limit, eventTypeCursor, ({ id }) => [id], rows.at(-1)?.followed === true || rows.length > limit);
    return { ...page, data: page.data.map(resourceOf) };
  }

  /** @throws LockstepError not_found */
  async get(tenant: string, name: string): Promise<EventType> {
    const row = isEventType(name) ? await this.repository.find(tenant, name) : undefined;
    if (row === undefined) throw notFound(name);
    return resourceOf(row);
  }

  /** Events of this type are then of an unknown type. @throws LockstepError not_found */
  async delete(principal: Principal, name: string): Promise<void> {
    const existed = isEventType(name) && (await this.repository.delete({ tenant: principal.tenant, name, by: auditedBy(principal) }));
    if (!existed) throw notFound(name);
  }
}

function checkSchema(schema: Readonly<Record<string, unknown>>): void {
  try {
    compileSchema(schema);
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    const path = `/schema${error.path}`;
    throw new LockstepError('invalid_request', `${path} ${error.message}`, { errors: [{ path, message: error.message }] });
  }
}

function resourceOf({ name, description, schema, enforce, deprecated, version, createdAt, updatedAt }: EventTypeRow): EventType {
  return {
    name, description, enforce, deprecated, version,
    schema: schema === null ? null : (JSON.parse(schema) as Record<string, unknown>),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

function notFound(name: string): LockstepError {
  return new LockstepError('not_found', `There is no event type ${name}`);
}
