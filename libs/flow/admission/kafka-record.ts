import type { KafkaMessage } from 'kafkajs';
import { mintedAtMs, parsePublicId } from '#domain/ids';
import { deadLetterOf, type DeadLetterRecord } from '#ground/kafka/dead-letter-record';

/** A record that names an event of ours; Postgres decides whether it is one. */
export interface OfferedRecord {
  readonly kind: 'offered';
  readonly offset: number;
  readonly eventId: string;
  readonly record: KafkaMessage;
}

/** A foreign record. */
export interface ForeignRecord {
  readonly kind: 'foreign';
  readonly offset: number;
  readonly reason: ForeignReason;
  readonly record: KafkaMessage;
}

/** An event of ours whose row retention has dropped. */
export interface RetiredRecord {
  readonly kind: 'retired';
  readonly offset: number;
}

/** `inadmissible`: ours, but Postgres refuses what admitting it writes. */
export type ForeignReason = 'no_event_id' | 'unknown_event' | 'wrong_shard' | 'inadmissible';

/** The event that a record says it is, by its `ce_id` header (CloudEvents, Kafka binding 3.2). */
export function eventIdOf({ headers }: Pick<KafkaMessage, 'headers'>): string | undefined {
  const header = headers?.['ce_id'];
  return parsePublicId('evt', (Array.isArray(header) ? header[0] : header)?.toString() ?? '');
}

/** What a record of the `events` topic is. */
export function classifyRecord(record: KafkaMessage): OfferedRecord | ForeignRecord {
  const offset = Number(record.offset);
  const eventId = eventIdOf(record);
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
export interface ParkedRecord extends DeadLetterRecord {
  readonly shard: number;
}

/** The record as it is parked, with the reason and its origin. Parts that are too large are left out, and a header says so. */
export function parkedRecordOf({ record, reason, offset }: ForeignRecord, topic: string, shard: number, maxValueBytes: number): ParkedRecord {
  return { shard, ...deadLetterOf(record, { reason, topic, partition: shard, offset }, maxValueBytes) };
}
