import { createRequire } from 'node:module';
import { type ProducedRecord, recordBound, writeRecord } from './record-writer.js';

/** What kafkajs passes to its encoder of produce requests. */
export interface ProduceRequest {
  readonly acks: number;
  /** Milliseconds. */
  readonly timeout: number;
  readonly transactionalId?: string | null;
  /** A number, or a Long of kafkajs for an idempotent producer. */
  readonly producerId?: unknown;
  readonly compression?: number;
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly messages: readonly (ProducedRecord & { readonly timestamp?: string | null })[] }[];
  }[];
}

// An internal file of kafkajs 2.2.4, whose version is pinned. A test compares what we write with what kafkajs writes.
const crc32c = createRequire(import.meta.url)('kafkajs/src/protocol/recordBatch/crc32C/index.js') as (bytes: Buffer) => number;

/** The most that a request's own fields take, a topic's, and a partition's. */
const FIELDS_BYTES = 64;
const MAGIC = 2;
/** Producer id of a batch whose producer is not idempotent. */
const NO_PRODUCER = -1n;

/** A produce request of version 3 to 7 (https://kafka.apache.org/protocol#The_Messages_Produce), in one pass. */
export function encodeProduceRequest({ acks, timeout, topicData }: ProduceRequest): { buf: Buffer; buffer: Buffer } {
  const nowMs = BigInt(Date.now());
  const target = Buffer.allocUnsafe(boundOf(topicData));
  let at = target.writeInt16BE(-1, 0); // No transaction.
  at = target.writeInt16BE(acks, at);
  at = target.writeInt32BE(timeout, at);
  at = target.writeInt32BE(topicData.length, at);
  for (const { topic, partitions } of topicData) {
    const written = target.write(topic, at + 2, 'utf8');
    at = target.writeInt16BE(written, at) + written;
    at = target.writeInt32BE(partitions.length, at);
    for (const { partition, messages } of partitions) {
      at = target.writeInt32BE(partition, at);
      const end = writeBatch(target, at + 4, messages, nowMs);
      target.writeInt32BE(end - at - 4, at);
      at = end;
    }
  }
  const buffer = target.subarray(0, at);
  return { buf: buffer, buffer };
}

/** A record batch of format v2 (https://kafka.apache.org/documentation/#recordbatch). @returns its end */
function writeBatch(target: Buffer, start: number, records: readonly ProducedRecord[], nowMs: bigint): number {
  const lengthAt = target.writeBigInt64BE(0n, start); // The broker gives offsets.
  let at = target.writeInt32BE(0, lengthAt + 4); // No leader epoch.
  at = target.writeInt8(MAGIC, at);
  const checksumAt = at;
  const checkedFrom = checksumAt + 4;
  at = target.writeInt16BE(0, checkedFrom); // Attributes: not compressed, times of creation.
  at = target.writeInt32BE(records.length - 1, at);
  at = target.writeBigInt64BE(nowMs, at);
  at = target.writeBigInt64BE(nowMs, at);
  at = target.writeBigInt64BE(NO_PRODUCER, at);
  at = target.writeInt16BE(0, at);
  at = target.writeInt32BE(0, at);
  at = target.writeInt32BE(records.length, at);
  let offsetDelta = 0;
  for (const record of records) at = writeRecord(target, at, offsetDelta++, record);
  target.writeInt32BE(at - lengthAt - 4, lengthAt);
  target.writeUInt32BE(crc32c(target.subarray(checkedFrom, at)), checksumAt);
  return at;
}

function boundOf(topicData: ProduceRequest['topicData']): number {
  let bound = FIELDS_BYTES;
  for (const { topic, partitions } of topicData) {
    bound += FIELDS_BYTES + 3 * topic.length;
    for (const { messages } of partitions) {
      bound += 2 * FIELDS_BYTES;
      for (const message of messages) bound += recordBound(message);
    }
  }
  return bound;
}
