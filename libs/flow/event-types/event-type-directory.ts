import { Injectable } from '@nestjs/common';
import { LockstepError } from '#domain/problem';
import type { CompiledSchema } from '#ground/json-schema/compile-schema';
import { Poll } from '#ground/polling/poll';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { ChangedRows } from './changed-rows.js';
import { EventTypesReader } from './event-types-reader.js';
import type { ILoadEventTypesResult } from './load-event-types.queries.js';
import type { ILoadTypePoliciesResult } from './load-type-policies.queries.js';
import { SchemaCache } from './schema-cache.js';

/** One version of an event type. */
interface EventType {
  readonly id: number;
  /** Whether events must fit its schema. */
  readonly isChecked: boolean;
}

/** How long a read answers requests: a change that was answered holds everywhere after this. */
const VALID_MS = 1_000;
const INTERVAL_MS = 500;

/**
 * The event types of all tenants, in memory: their names, and the schemas that events were checked against lately. Read
 * twice a second. A request uses what was read if the read began less than a second ago; otherwise it waits for a read.
 */
@Injectable()
export class EventTypeDirectory {
  private readonly tenants = new Map<string, Map<string, EventType>>();
  private readonly refusing = new Set<string>();
  private readonly poll: Poll;
  private readonly types: ChangedRows<ILoadEventTypesResult>;
  private readonly policies: ChangedRows<ILoadTypePoliciesResult>;
  private readonly schemas: SchemaCache<EventType>;
  private reading: Promise<void> | undefined;
  private validUntilMs = 0;

  constructor(reader: EventTypesReader, @InjectLogger() logger: Logger) {
    this.types = new ChangedRows((since) => reader.changedTypes(since));
    this.policies = new ChangedRows((since) => reader.changedPolicies(since));
    this.schemas = new SchemaCache(({ id }) => reader.schemaOf(id));
    this.poll = new Poll({
      intervalMs: INTERVAL_MS,
      work: () => this.read(),
      onError: (err) => logger.warn({ err }, 'Event types could not be read; retrying'),
    });
  }

  /** @throws the error of the first read */
  async start(): Promise<void> {
    await this.read();
    this.poll.start(INTERVAL_MS);
  }

  stop(): Promise<void> {
    return this.poll.stop();
  }

  /**
   * Checks the body of an event against its type. Returns a promise only if something must be read first.
   * @param body as it is delivered, parsed
   * @param bytes of the body
   * @throws LockstepError schema_mismatch, with the paths; unknown_event_type; store_unavailable
   */
  check(tenant: string, type: string, body: unknown, bytes: number): Promise<void> | undefined {
    if (performance.now() >= this.validUntilMs) return this.whenValid().then(() => this.checkKnown(tenant, type, body, bytes));
    return this.checkKnown(tenant, type, body, bytes);
  }

  private checkKnown(tenant: string, name: string, body: unknown, bytes: number): Promise<void> | undefined {
    const type = this.tenants.get(tenant)?.get(name);
    if (type === undefined) {
      if (this.refusing.has(tenant)) throw unknownType(name);
      return undefined;
    }
    if (!type.isChecked) return undefined;
    const schema = this.schemas.get(type);
    if (schema === undefined) return this.schemas.load(type).then((loaded) => loaded && fit(loaded, name, body, bytes));
    fit(schema, name, body, bytes);
    return undefined;
  }

  /** Resolves after a read that began less than a second ago, or after the call. */
  private async whenValid(): Promise<void> {
    // One that is under way may have begun too long ago. If it fails, the next one says why.
    await this.reading?.catch(() => undefined);
    if (performance.now() >= this.validUntilMs) await this.read();
  }

  private read(): Promise<void> {
    return (this.reading ??= this.readChanges().finally(() => (this.reading = undefined)));
  }

  private async readChanges(): Promise<void> {
    const startedAtMs = performance.now();
    const types = await this.types.read();
    if (types.areAll) this.forgetTypes();
    for (const row of types.rows) this.take(row);
    const policies = await this.policies.read();
    if (policies.areAll) this.refusing.clear();
    for (const { id, refusesUnknown } of policies.rows) {
      if (id === null) continue;
      if (refusesUnknown) this.refusing.add(id);
      else this.refusing.delete(id);
    }
    this.validUntilMs = startedAtMs + VALID_MS;
  }

  private forgetTypes(): void {
    this.tenants.clear();
    this.schemas.clear();
  }

  private take({ id, tenant, name, deleted, isChecked }: ILoadEventTypesResult): void {
    if (id === null) return;
    const ofTenant = this.tenants.get(tenant) ?? new Map<string, EventType>();
    const former = ofTenant.get(name);
    if (former !== undefined) this.schemas.forget(former);
    if (deleted) ofTenant.delete(name);
    else ofTenant.set(name, { id, isChecked });
    if (ofTenant.size > 0) this.tenants.set(tenant, ofTenant);
    else this.tenants.delete(tenant);
  }
}

function fit(schema: CompiledSchema, type: string, body: unknown, bytes: number): void {
  const faults = schema.faultsOf(body, bytes);
  if (faults === undefined) return;
  const found = faults.map(({ path, message }) => `${path} ${message}`.trim()).join('; ');
  throw new LockstepError('schema_mismatch', `The body does not fit the schema of ${type}: ${found}`, { errors: faults });
}

function unknownType(name: string): LockstepError {
  return new LockstepError('unknown_event_type', `The tenant accepts events of known types only, and ${name} is none: create it with PUT /v1/event-types/${name}`, {
    errors: [{ path: '/type', message: 'is not the name of an event type' }],
  });
}
