import { isObject } from '#ground/json-schema/json';
import { valueTextAt } from '../../json-value-text.js';
import { jsonOf, utf8Of } from '../record-fields.js';
import type { SourceRecord } from '../source-record.js';

/** Members of what Kafka Connect's JsonConverter writes with `schemas.enable=true`. */
const ENVELOPE = ['schema', 'payload'];
const [QUOTE, OPEN_OBJECT] = [0x22, 0x7b];
const NULL = 'null';

/**
 * A record of Debezium's outbox event router: the entity's id and the event's payload, without what Kafka Connect's
 * converters put around them. A JSON text becomes its content; all other bytes stay as they are. Undefined for a tombstone.
 * https://debezium.io/documentation/reference/stable/transformations/outbox-event-router.html
 */
export function unwrapOutboxRecord({ key, value }: Pick<SourceRecord, 'key' | 'value'>): { readonly key: string | undefined; readonly payload: Buffer } | undefined {
  const payload = value === null ? undefined : contentOf(value);
  return payload === undefined ? undefined : { key: key === null ? undefined : utf8Of(contentOf(key) ?? null), payload };
}

function contentOf(bytes: Buffer): Buffer | undefined {
  const content = withoutEnvelope(bytes);
  if (content[firstOf(content)] === QUOTE) {
    const text = jsonOf(content);
    return typeof text === 'string' ? Buffer.from(text) : content;
  }
  return content.length === NULL.length && content.toString('latin1') === NULL ? undefined : content;
}

/** Anything but an object is parsed by nobody: most values are no envelope. */
function withoutEnvelope(bytes: Buffer): Buffer {
  if (bytes[firstOf(bytes)] !== OPEN_OBJECT || !bytes.includes('"payload"') || !bytes.includes('"schema"')) return bytes;
  return isEnvelope(jsonOf(bytes)) ? Buffer.from(valueTextAt(bytes.toString('utf8'), ['payload'])) : bytes;
}

function isEnvelope(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === ENVELOPE.length && ENVELOPE.every((name) => Object.hasOwn(value, name));
}

function firstOf(bytes: Buffer): number {
  let at = 0;
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at += 1;
  return at;
}
