import type { KafkaMessage } from 'kafkajs';
import { mintedAtMs, parsePublicId } from '#domain/ids';

/** A record that claims to be one of ours: whether it is, Postgres says. */
export interface OfferedRecord {
  readonly kind: 'offered';
  readonly offset: number;
  readonly eventId: string;
  readonly record: KafkaMessage;
}

/** A record that is not ours. */
export interface ForeignRecord {
  readonly kind: 'foreign';
  readonly offset: number;
  readonly reason: ForeignReason;
  readonly record: KafkaMessage;
}

/** An event of ours whose row retention has dropped: its time is over, and it was admitted or counted long ago. */
export interface RetiredRecord {
  readonly kind: 'retired';
  readonly offset: number;
}

/** `inadmissible`: ours, but Postgres refuses what admitting it writes. */
export type ForeignReason = 'no_event_id' | 'unknown_event' | 'wrong_shard' | 'inadmissible';

/** What a record of the `events` topic is, by its `ce_id` header (CloudEvents, Kafka binding 3.2). */
export function classifyRecord(record: KafkaMessage): OfferedRecord | ForeignRecord {
  const offset = Number(record.offset);
  const header = record.headers?.['ce_id'];
  const eventId = parsePublicId('evt', (Array.isArray(header) ? header[0] : header)?.toString() ?? '');
  return eventId === undefined ? { kind: 'foreign', offset, reason: 'no_event_id', record } : { kind: 'offered', offset, eventId, record };
}

/**
 * What an offered record is when Postgres has no event of that id on that shard.
 * @param elsewhere whether it has one on another shard
 */
export function withoutEvent(offered: OfferedRecord, elsewhere: boolean, retentionMs: number, nowMs: number): ForeignRecord | RetiredRecord {
  const { offset, record, eventId } = offered;
  if (elsewhere) return { kind: 'foreign', offset, reason: 'wrong_shard', record };
  if (mintedAtMs(eventId) < nowMs - retentionMs) return { kind: 'retired', offset };
  return { kind: 'foreign', offset, reason: 'unknown_event', record };
}

/** A foreign record as it goes to the `dlq` topic. */
export interface ParkedRecord {
  readonly shard: number;
  readonly key: string | null;
  readonly headers: string;
  readonly value: Buffer | null;
}

/** Headers that Kafka has, as text, and why and whence the record was parked. */
export function parkedRecordOf(foreign: ForeignRecord, topic: string, shard: number, maxValueBytes: number): ParkedRecord {
  const { record, reason, offset } = foreign;
  const value = record.value ?? null;
  const truncated = value !== null && value.length > maxValueBytes;
  const headers: Record<string, string> = {};
  for (const [name, content] of Object.entries(record.headers ?? {})) {
    const first = Array.isArray(content) ? content[0] : content;
    if (first !== undefined) headers[name] = printable(first.toString());
  }
  headers['lockstep-reason'] = reason;
  headers['lockstep-topic'] = topic;
  headers['lockstep-partition'] = String(shard);
  headers['lockstep-offset'] = String(offset);
  if (truncated) headers['lockstep-truncated'] = 'true';
  return {
    shard,
    key: record.key === null || record.key === undefined ? null : printable(record.key.toString()),
    headers: JSON.stringify(headers),
    value: truncated ? null : value,
  };
}

/** Postgres' text holds any character but NUL; a foreign record may hold anything. */
function printable(text: string): string {
  return text.replaceAll('\0', '\uFFFD').slice(0, 4_096);
}
