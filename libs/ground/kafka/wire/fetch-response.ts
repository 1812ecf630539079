import { createRequire } from 'node:module';
import { AbortedTransactions, type DecodedBatch } from './aborted-transactions.js';
import { Decoder } from './decoder.js';
import { takeRecords } from './fetch-budget.js';
import type { RequestDefinition } from './protocol.js';

const require = createRequire(import.meta.url);
// Internal files of kafkajs 2.2.4, whose version is pinned. A test fails when kafkajs reads them in another way.
const decodeBatch = require('kafkajs/src/protocol/recordBatch/v0/decoder.js') as (decoder: Decoder) => Promise<DecodedBatch>;
const decodeMessageSet = require('kafkajs/src/protocol/messageSet/decoder.js') as (decoder: Decoder, size: number) => Promise<object[]>;
const definition = require('kafkajs/src/protocol/requests/fetch/index.js') as RequestDefinition<object>;
const original = definition.protocol;

/** The oldest version with record batches of format v2; kafkajs knows 0 to 11. */
const FIRST_VERSION = 4;
/** Of a record batch (https://kafka.apache.org/documentation/#recordbatch): where its format is, its number of records, and its records. */
const MAGIC_AT = 16;
const COUNT_AT = 57;
const RECORDS_AT = 61;
const MAGIC = 2;
/** What kafkajs calls the error of a batch that is cut off at the end of a fetch, or left to the next one (see fetch-budget.ts). */
const PARTIAL = 'KafkaJSPartialMessageError';

/**
 * Reads what is fetched as kafkajs does, but batches of any number of records, within the budget of their fetch, and without
 * the records of aborted transactions (see aborted-transactions.ts). kafkajs 2.2.4 fails for good at a batch of more than some
 * 120,000 records: it passes them all as arguments of one call.
 */
export function readFetchesOurselves(): void {
  definition.protocol = ({ version }) => {
    const theirs = original({ version });
    if (version < FIRST_VERSION) return theirs;
    return (options) => {
      const made = theirs(options);
      return { ...made, response: { ...(made.response as object), decode: (raw: Buffer) => decodeResponse(raw, version) } };
    };
  };
}

/** https://kafka.apache.org/protocol#The_Messages_Fetch */
async function decodeResponse(raw: Buffer, version: number): Promise<object> {
  const decoder = new Decoder(raw);
  const throttleMs = decoder.readInt32();
  return {
    // From version 8 on, the client waits, and not the broker (KIP-219).
    ...(version < 8 ? { throttleTime: throttleMs } : { throttleTime: 0, clientSideThrottleTime: throttleMs }),
    ...(version < 7 ? {} : { errorCode: decoder.readInt16(), sessionId: decoder.readInt32() }),
    responses: await decoder.readArrayAsync(async (topic) => ({ topicName: topic.readString(), partitions: await topic.readArrayAsync((partition) => decodePartition(partition, version)) })),
  };
}

async function decodePartition(decoder: Decoder, version: number): Promise<object> {
  const head = {
    partition: decoder.readInt32(),
    errorCode: decoder.readInt16(),
    highWatermark: String(decoder.readInt64()),
    lastStableOffset: String(decoder.readInt64()),
    ...(version < 5 ? {} : { lastStartOffset: String(decoder.readInt64()) }),
  };
  const aborted = new AbortedTransactions(decoder.readArray((transaction) => ({ producerId: String(transaction.readInt64()), firstOffset: String(transaction.readInt64()) })));
  return {
    ...head,
    // Nothing is left for kafkajs to filter.
    abortedTransactions: [],
    ...(version < 11 ? {} : { preferredReadReplica: decoder.readInt32() }),
    messages: await decodeMessages(decoder, aborted),
  };
}

async function decodeMessages(decoder: Decoder, aborted: AbortedTransactions): Promise<object[]> {
  const size = decoder.readInt32();
  if (size <= 0 || !decoder.canReadBytes(size)) return [];
  const bytes = decoder.readBytes(size);
  const batches = new Decoder(bytes);
  if (bytes.readInt8(MAGIC_AT) !== MAGIC) return decodeMessageSet(batches, size);
  const records: object[] = [];
  try {
    while (batches.canReadBytes(RECORDS_AT)) {
      takeRecords(bytes.readInt32BE(batches.offset + COUNT_AT));
      const batch = await decodeBatch(batches);
      aborted.hideRecordsOf(batch);
      for (const record of batch.records) records.push(record);
    }
  } catch (error) {
    if (!(error instanceof Error) || error.name !== PARTIAL) throw error;
  }
  return records;
}
