import type { EventAttributes } from '#domain/event-attributes';
import type { ErrorCode } from '#domain/problem';

/** What a source reads of a record of Kafka, as kafkajs has it. */
export interface SourceRecord {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, Buffer | string | readonly (Buffer | string)[] | undefined>>;
}

/** An event that a record is. */
export interface RecordEvent {
  readonly kind: 'event';
  readonly type: string;
  readonly entity: string;
  /** By which it is known if it comes again, under another offset. Undefined: it is not looked for. */
  readonly id: string | undefined;
  /** In milliseconds since 1970. */
  readonly occurredAtMs: number | undefined;
  readonly contentType: string;
  readonly traceparent: string | undefined;
  readonly attributes: EventAttributes | undefined;
  readonly payload: Buffer;
}

/** A record that can't be an event. */
export interface InvalidRecord {
  readonly kind: 'invalid';
  readonly reason: ErrorCode;
  /** What is wrong with it, as a sentence. */
  readonly detail: string;
}

/** A record that stands for no event, such as a tombstone. */
export interface SkippedRecord {
  readonly kind: 'skipped';
}

export type ReadRecord = RecordEvent | InvalidRecord | SkippedRecord;

export const SKIPPED: SkippedRecord = { kind: 'skipped' };

export function invalidRecord(detail: string, reason: ErrorCode = 'invalid_request'): InvalidRecord {
  return { kind: 'invalid', reason, detail };
}
