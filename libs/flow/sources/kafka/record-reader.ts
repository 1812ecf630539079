import { ENTITY_PROBLEM, isEntity } from '#domain/entity';
import type { EventAttributes } from '#domain/event-attributes';
import { EVENT_TYPE_RULE, eventTypeOf, isEventType } from '#domain/event-type';
import { keyOfId } from '#domain/idempotency-key';
import { LockstepError } from '#domain/problem';
import { traceparentOf, tracestateOf, withTracestate } from '#flow/ingest/traceparent';
import { isContentType } from '../content-type.js';
import { ID_PROBLEM, isId } from '../event-id.js';
import { FieldTemplate } from '../field-template.js';
import type { Source } from '../source.js';
import type { KafkaPreset, KafkaSettings } from './kafka-settings.js';
import { readCloudEventRecord } from './presets/cloudevents.js';
import { unwrapOutboxRecord } from './presets/debezium-outbox.js';
import { headerText, RecordFields, type RecordPlace, utf8Of } from './record-fields.js';
import { type InvalidRecord, invalidRecord, type ReadRecord, type RecordEvent, SKIPPED, type SourceRecord } from './source-record.js';

/** Where fields come from if the settings do not say. `cloudevents` has its own rules. */
const DEFAULTS: Readonly<Record<Exclude<KafkaPreset, 'cloudevents'>, { readonly entity: string; readonly type: string; readonly id?: string }>> = {
  plain: { entity: 'record:key', type: 'record:topic' },
  'debezium-outbox': { entity: 'record:key', type: 'header:eventType', id: 'header:id' },
};

const JSON_TYPE = 'application/json';
const BINARY_TYPE = 'application/octet-stream';
const NO_BODY = Buffer.alloc(0);
/** The end of the year 9999. */
const LAST_MS = 253_402_300_799_999;

/** Makes events of the records of one source. */
export class RecordReader {
  private readonly fields: RecordFields;
  private readonly entity: FieldTemplate | undefined;
  private readonly type: FieldTemplate | undefined;
  private readonly id: FieldTemplate | undefined;

  constructor(
    private readonly settings: Pick<KafkaSettings, 'preset' | 'entity' | 'type' | 'id'>,
    private readonly maxBodyBytes: number,
    source: Pick<Source, 'name' | 'publicId'>,
  ) {
    this.fields = new RecordFields(source);
    const { preset } = settings;
    const { entity, type, id } = { ...(preset === 'cloudevents' ? {} : DEFAULTS[preset]), ...definedOf(settings) };
    this.entity = templateOf(entity);
    this.type = templateOf(type);
    this.id = templateOf(id);
  }

  /** Never throws: a record that cannot be read is an invalid one, whatever others have written. */
  read(record: SourceRecord, place: RecordPlace): ReadRecord {
    try {
      const read = this.readByPreset(record, place);
      return read.kind === 'event' && !isContentType(read.contentType) ? invalidRecord('The header content-type is no content type') : read;
    } catch (error) {
      if (error instanceof LockstepError && error.status < 500) return invalidRecord(error.message, error.code);
      return invalidRecord(`The record cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private readByPreset(record: SourceRecord, place: RecordPlace): ReadRecord {
    const bytes = record.value?.length ?? 0;
    if (bytes > this.maxBodyBytes) return invalidRecord(`The value has ${bytes} bytes; LOCKSTEP_MAX_BODY_BYTES allows ${this.maxBodyBytes}`, 'payload_too_large');
    switch (this.settings.preset) {
      case 'plain':
        return this.readPlain(record, place, utf8Of(record.key), record.value ?? NO_BODY);
      case 'debezium-outbox': {
        const unwrapped = unwrapOutboxRecord(record);
        return unwrapped === undefined ? SKIPPED : this.readPlain(record, place, unwrapped.key, unwrapped.payload);
      }
      case 'cloudevents':
        return this.readCloudEvent(record, place);
    }
  }

  private readPlain(record: SourceRecord, place: RecordPlace, key: string | undefined, payload: Buffer): ReadRecord {
    const fields = this.fields.show(record, place, key, payload);
    const entity = this.entity?.valueOf(fields);
    if (entity === undefined) return missing('entity', this.entity);
    if (!isEntity(entity)) return invalidRecord(`The entity ${ENTITY_PROBLEM}`);
    const typeText = this.type?.valueOf(fields);
    if (typeText === undefined) return missing('type', this.type);
    const type = eventTypeOf(typeText);
    if (!isEventType(type)) return invalidRecord(`The type ${EVENT_TYPE_RULE}`);
    const id = this.id?.valueOf(fields);
    if (id === undefined && this.id !== undefined) return missing('id', this.id);
    if (id !== undefined && !isId(id)) return invalidRecord(`The id ${ID_PROBLEM}`);
    const contentType = fields.header('content-type') ?? (record.value === null ? BINARY_TYPE : JSON_TYPE);
    return { kind: 'event', type, entity, id: id === undefined ? undefined : keyOfId(id), occurredAtMs: occurredAtMsOf(record), contentType, ...traceOf(record, undefined), payload };
  }

  private readCloudEvent(record: SourceRecord, place: RecordPlace): ReadRecord {
    const fields = this.fields.show(record, place, utf8Of(record.key), record.value ?? undefined);
    const [entity, type, id] = [this.entity, this.type, this.id].map((template) => template?.valueOf(fields));
    for (const [name, template, value] of [['entity', this.entity, entity], ['type', this.type, type], ['id', this.id, id]] as const) {
      if (template !== undefined && value === undefined) return missing(name, template);
    }
    if (id !== undefined && !isId(id)) return invalidRecord(`The id ${ID_PROBLEM}`);
    const given = { entity, type: type === undefined ? undefined : eventTypeOf(type), id: id === undefined ? undefined : keyOfId(id) };
    const event = readCloudEventRecord(record, given);
    return { ...event, ...traceOf(record, event.attributes) };
  }
}

function definedOf({ entity, type, id }: Pick<KafkaSettings, 'entity' | 'type' | 'id'>): { entity?: string; type?: string; id?: string } {
  return { ...(entity === undefined ? {} : { entity }), ...(type === undefined ? {} : { type }), ...(id === undefined ? {} : { id }) };
}

function templateOf(text: string | undefined): FieldTemplate | undefined {
  return text === undefined ? undefined : new FieldTemplate(text, 'record');
}

function missing(field: string, template: FieldTemplate | undefined): InvalidRecord {
  return invalidRecord(`The record has no ${field}: ${template?.text ?? ''} gives no value. Set \`${field}\` of the source to where it is`);
}

/** The record's own time. Kafka has -1 for none, and takes any number. */
function occurredAtMsOf({ timestamp }: SourceRecord): number | undefined {
  const ms = Number(timestamp);
  return ms >= 0 && ms <= LAST_MS ? ms : undefined;
}

/** Its trace context, and its attributes with what belongs to it. */
function traceOf({ headers }: SourceRecord, attributes: EventAttributes | undefined): Pick<RecordEvent, 'traceparent' | 'attributes'> {
  if (headers?.['traceparent'] === undefined) return { traceparent: undefined, attributes };
  const texts = { traceparent: headerText(headers['traceparent']), tracestate: headers['tracestate'] === undefined ? undefined : headerText(headers['tracestate']) };
  return { traceparent: traceparentOf(texts), attributes: withTracestate(attributes, tracestateOf(texts)) };
}
