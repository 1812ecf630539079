import { checkedAttributes } from '#domain/event-attributes';
import { LockstepError, type ProblemDetail } from '#domain/problem';
import { percentEncoded } from '#flow/ingest/attribute-encoding';
import { isStructured } from '#flow/ingest/cloud-event';
import { ATTRIBUTE_NAME, readContext, textProblem } from '#flow/ingest/cloud-event-context';
import type { EventRequest } from '#flow/ingest/event-request';
import { parseStructuredEvent } from '#flow/ingest/structured-event';
import { headerText, utf8Of } from '../record-fields.js';
import type { RecordEvent, SourceRecord } from '../source-record.js';

const PREFIX = 'ce_';
const NO_BODY = Buffer.alloc(0);
/** As of a post in the binary mode without a content type. */
const BINARY_TYPE = 'application/octet-stream';

/** What the source's settings say instead of the event. */
export interface GivenFields {
  readonly entity: string | undefined;
  readonly type: string | undefined;
  readonly id: string | undefined;
}

/**
 * Reads a CloudEvent by the Kafka binding 1.0.2: structured, if its content type says so, else binary, with `ce_*` headers.
 * Its entity is `partitionkey`, else the record's key, by which the topic keeps its order, else `subject`.
 * @throws LockstepError `invalid_request`, which names everything that is wrong; `headers_too_large`
 */
export function readCloudEventRecord(record: SourceRecord, given: GivenFields): Omit<RecordEvent, 'traceparent'> {
  const { headers = {}, key, value } = record;
  const contentType = headerText(headers['content-type']);
  const complete = (context: Map<string, string>): void => {
    const entity = given.entity ?? context.get('partitionkey') ?? utf8Of(key);
    if (entity !== undefined && entity !== '') context.set('partitionkey', entity);
    if (given.type !== undefined) context.set('type', given.type);
  };
  const payload = value ?? NO_BODY;
  if (contentType !== undefined && isStructured(contentType)) return eventOf(parseStructuredEvent(payload, given.id, complete), contentType, payload);
  if (headers['ce_specversion'] === undefined) throw new LockstepError('invalid_request', 'The record is no CloudEvent: it has neither the header ce_specversion nor the content type application/cloudevents+json');
  return eventOf(parseBinaryRecord(record, given.id, complete), contentType ?? BINARY_TYPE, payload);
}

function eventOf({ type, entity, idempotencyKey, occurredAt, attributes }: Omit<EventRequest, 'value'>, contentType: string, payload: Buffer): Omit<RecordEvent, 'traceparent'> {
  return { kind: 'event', type, entity, id: idempotencyKey, occurredAtMs: occurredAt?.getTime(), contentType, attributes, payload };
}

/** Headers have attributes as they are. They are delivered as headers of HTTP, so other characters are percent-encoded. */
function parseBinaryRecord({ headers = {} }: SourceRecord, id: string | undefined, complete: (context: Map<string, string>) => void): Omit<EventRequest, 'value'> {
  const context = new Map<string, string>();
  const problems: ProblemDetail[] = [];
  for (const [header, value] of Object.entries(headers)) {
    if (!header.startsWith(PREFIX) || value === undefined) continue;
    const name = header.slice(PREFIX.length);
    const text = headerText(value);
    const problem = problemOf(name, Array.isArray(value) ? value.length : 1, text);
    if (problem !== undefined) problems.push({ path: header, message: problem });
    else if (text !== undefined) context.set(name, text);
  }
  const attributes = checkedAttributes(Object.fromEntries([...context].map(([name, text]) => [`ce-${name}`, percentEncoded(text)])));
  complete(context);
  return { ...readContext(context, id, (name) => `${PREFIX}${name}`, problems), attributes };
}

function problemOf(name: string, count: number, text: string | undefined): string | undefined {
  if (!ATTRIBUTE_NAME.test(name)) return 'is no attribute: after `ce_` come lower-case letters and digits only';
  if (name === 'datacontenttype') return 'must not be sent: content-type says it';
  if (count > 1) return 'is given more than once';
  return text === undefined ? 'is not UTF-8' : textProblem(text);
}
