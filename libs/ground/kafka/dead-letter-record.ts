import type { KafkaMessage } from 'kafkajs';

/** A record that was refused, as it goes to the `dlq` topic. */
export interface DeadLetterRecord {
  readonly key: string | null;
  /** As JSON. */
  readonly headers: string;
  readonly value: Buffer | null;
}

/** Where the record is, and why it was refused. */
export interface Refusal {
  readonly reason: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Further headers. */
  readonly more?: Readonly<Record<string, string>>;
}

/** What of a record is kept when it is refused. */
export type RefusedRecord = Pick<KafkaMessage, 'headers' | 'value'> & { readonly key?: Buffer | null };

/**
 * Bytes of JSON. With longer headers, a record is parked without its headers and value. Key and headers, with ours, stay
 * below what the `dlq` topic has room for besides the largest value: a larger record would hold up its shard for ever.
 */
const MAX_HEADERS_BYTES = 16_384;
/** In characters, of at most three bytes each. */
const MAX_TEXT_LENGTH = 4_096;

/** The record with the reason and its origin. Parts that are too large are left out, and a header says so. */
export function deadLetterOf(record: RefusedRecord, { reason, topic, partition, offset, more = {} }: Refusal, maxValueBytes: number): DeadLetterRecord {
  const value = record.value ?? null;
  const given = headersOf(record);
  const tooManyHeaders = Buffer.byteLength(JSON.stringify(given)) > MAX_HEADERS_BYTES;
  const truncated = tooManyHeaders || (value !== null && value.length > maxValueBytes);
  const headers = tooManyHeaders ? {} : given;
  headers['lockstep-reason'] = reason;
  headers['lockstep-topic'] = topic;
  headers['lockstep-partition'] = String(partition);
  headers['lockstep-offset'] = String(offset);
  for (const [name, text] of Object.entries(more)) headers[name] = printable(text);
  if (truncated) headers['lockstep-truncated'] = 'true';
  return {
    key: record.key === null || record.key === undefined ? null : printable(record.key.toString()),
    headers: JSON.stringify(headers),
    value: truncated ? null : value,
  };
}

function headersOf({ headers = {} }: RefusedRecord): Record<string, string> {
  const texts = Object.entries(headers).map(([name, content]) => [printable(name), printable((Array.isArray(content) ? content[0] : content)?.toString() ?? '')]);
  return Object.fromEntries(texts) as Record<string, string>;
}

/** Postgres' text holds any character but NUL; a record may hold anything. */
function printable(text: string): string {
  return text.replaceAll('\0', '\uFFFD').slice(0, MAX_TEXT_LENGTH).toWellFormed();
}
