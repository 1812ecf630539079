import { createRequire } from 'node:module';
import { type ProducedRecord, recordBound, writeRecord } from './record-writer.js';

/** What kafkajs asks its encoder of produce requests for. */
export interface ProduceRequest {
  readonly acks: number;
  /** Milliseconds. */
  readonly timeout: number;
  readonly transactionalId?: string | null;
  readonly compression?: number;
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly messages: readonly (ProducedRecord & { readonly timestamp?: string | null })[] }[];
  }[];
}

/** What kafkajs sends of a request. */
export interface EncodableRequest {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly apiName: string;
  readonly expectResponse: () => boolean;
  /** The part of its Encoder that a request's envelope uses. */
  readonly encode: () => Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>;
}

type RequestEncoder = (request: ProduceRequest) => EncodableRequest;

const require = createRequire(import.meta.url);
// Internal files of kafkajs 2.2.4, pinned; tests fail when kafkajs changes underneath.
const REQUEST_ENCODER = 'kafkajs/src/protocol/requests/produce/v3/request.js';
const crc32c = require('kafkajs/src/protocol/recordBatch/crc32C/index.js') as (bytes: Buffer) => number;

/** Of a request's own fields, a topic's and a partition's, at most. */
const FIELDS_BYTES = 64;
const MAGIC = 2;
/** What stands for "no producer id": batches of a producer that is not idempotent. */
const NO_PRODUCER = -1n;

/**
 * Puts `encodeProduceRequest` in the place of kafkajs' own, which copies each byte eight times into cleared buffers and
 * allocates 512 bytes for each header: it took a sixth of all that an event costs the gateway. What a relay never sends
 * (compressed, in a transaction, with times of its own) is still kafkajs'.
 *
 * kafkajs loads its encoders at the first send: call it before.
 */
export function replaceProduceRequest(): void {
  const original = kafkajsProduceRequest();
  const loaded = require.cache[require.resolve(REQUEST_ENCODER)];
  if (loaded === undefined) throw new Error(`${REQUEST_ENCODER} is not where it was: is this another kafkajs?`);
  const encode: RequestEncoder = (request) => (isPlain(request) ? { ...original(request), encode: () => Promise.resolve(encodeProduceRequest(request)) } : original(request));
  loaded.exports = encode;
}

/** The encoder that kafkajs uses: its own, or ours once it was replaced. */
export function kafkajsProduceRequest(): RequestEncoder {
  return require(REQUEST_ENCODER) as RequestEncoder;
}

function isPlain({ transactionalId, compression = 0, topicData }: ProduceRequest): boolean {
  const isUsual = (transactionalId === null || transactionalId === undefined) && compression === 0;
  return isUsual && topicData.every(({ partitions }) => partitions.every(({ messages }) => messages.every(({ timestamp }) => timestamp === undefined)));
}

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
