import { Injectable } from '@nestjs/common';
import { LockstepError } from '#domain/problem';
import type { Principal } from '#ground/http/principal';
import type { CompiledSchema } from '#ground/json-schema/compile-schema';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { type CacheRead, type CachedRow, MAX_CHANGES, RowCache } from '#ground/postgres/row-cache';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { findSchema } from './find-schema.queries.js';
import { type IReadEventTypesResult, readEventTypes } from './read-event-types.queries.js';
import { SchemaCache } from './schema-cache.js';

/** One version of an event type. */
interface EventType extends CachedRow {
  readonly id: number;
  /** Whether events must fit its schema. */
  readonly isChecked: boolean;
}

type EventTypeRow = IReadEventTypesResult & { readonly id: number };

/** An event type takes some 300 bytes. Of more types in use at once, some are read again now and then. */
const MAX_EVENT_TYPES = 20_000;
/** Types that are used, and that nobody has described. */
const MAX_ABSENT = 20_000;
/** Between tenant and name in a key. Neither can have it. */
const SEPARATOR = '/';

/**
 * The event types that are used, in memory, and the schemas that events were checked against lately. See `RowCache` for
 * how soon changes hold.
 */
@Injectable()
export class EventTypeDirectory {
  private readonly types: RowCache<EventType>;
  private readonly schemas = new SchemaCache<EventType>(({ id }) => this.schemaOf(id));

  constructor(
    @InjectDatabase('event-types') private readonly database: Database,
    @InjectLogger() logger: Logger,
  ) {
    this.types = new RowCache({
      name: 'event_types',
      maxRows: MAX_EVENT_TYPES,
      maxAbsent: MAX_ABSENT,
      read: (since, keys) => this.read(since, keys),
      onError: (err) => logger.warn({ err }, 'Event types could not be read; retrying'),
    });
  }

  start(): void {
    this.types.start();
  }

  stop(): Promise<void> {
    return this.types.stop();
  }

  /**
   * Checks the body of an event against its type. Returns a promise only if something must be read first.
   * @param body as it is delivered, parsed; undefined if it is not JSON
   * @param bytes of the body
   * @throws LockstepError schema_mismatch, with the paths; unknown_event_type; store_unavailable
   */
  check(principal: Principal, name: string, body: unknown, bytes: number): Promise<void> | undefined {
    const type = this.types.get(principal.tenant + SEPARATOR + name);
    if (type instanceof Promise) return type.then((found) => this.checkAgainst(found, principal, name, body, bytes));
    return this.checkAgainst(type, principal, name, body, bytes);
  }

  /**
   * Whether events of this type must fit a schema. Returns a promise only if something must be read first.
   * @throws LockstepError unknown_event_type; store_unavailable
   */
  hasSchema(principal: Principal, name: string): boolean | Promise<boolean> {
    const type = this.types.get(principal.tenant + SEPARATOR + name);
    return type instanceof Promise ? type.then((found) => isChecked(found, principal, name)) : isChecked(type, principal, name);
  }

  private checkAgainst(type: EventType | undefined, principal: Principal, name: string, body: unknown, bytes: number): Promise<void> | undefined {
    if (!isChecked(type, principal, name) || type === undefined) return undefined;
    const schema = this.schemas.get(type);
    if (schema === undefined) return this.schemas.load(type).then((loaded) => loaded && fit(loaded, name, body, bytes));
    fit(schema, name, body, bytes);
    return undefined;
  }

  private async read(since: string, keys: readonly string[]): Promise<CacheRead<EventType>> {
    const asked = keys.map((key) => key.split(SEPARATOR));
    const rows = await readEventTypes.run({ since, tenants: asked.map(([tenant = '']) => tenant), names: asked.map(([, name = '']) => name), most: MAX_CHANGES }, this.database);
    const [first] = rows;
    if (first === undefined) throw new Error('Event types were read without a snapshot');
    const { server, snapshot, nowMs, isIncomplete } = first;
    const found = rows.filter((row): row is EventTypeRow => row.id !== null);
    return { server, snapshot, nowMs, isIncomplete, changed: found.filter(({ isChanged }) => isChanged), rows: found.filter(({ isDeleted }) => !isDeleted).map(eventTypeOf) };
  }

  /** The newest version of a schema; undefined if events are no longer checked against it. */
  private async schemaOf(id: number): Promise<string | undefined> {
    return (await findSchema.run({ id }, this.database))[0]?.schema;
  }
}

function eventTypeOf({ id, version, tenant, name, isChecked }: EventTypeRow): EventType {
  return { key: tenant + SEPARATOR + name, id, version, isChecked };
}

/** @throws LockstepError unknown_event_type */
function isChecked(type: EventType | undefined, { ingest }: Principal, name: string): boolean {
  if (type === undefined && ingest.refusesUnknownTypes) throw unknownType(name);
  return type?.isChecked === true;
}

function fit(schema: CompiledSchema, type: string, body: unknown, bytes: number): void {
  const faults = body === undefined ? [{ path: '', message: 'is not JSON, which the schema describes' }] : schema.faultsOf(body, bytes);
  if (faults === undefined) return;
  const found = faults.map(({ path, message }) => `${path} ${message}`.trim()).join('; ');
  throw new LockstepError('schema_mismatch', `The body does not fit the schema of ${type}: ${found}`, { errors: faults });
}

function unknownType(name: string): LockstepError {
  return new LockstepError('unknown_event_type', `The tenant accepts events of known types only, and ${name} is none: create it with PUT /v1/event-types/${name}`, {
    errors: [{ path: '/type', message: 'is not the name of an event type' }],
  });
}
