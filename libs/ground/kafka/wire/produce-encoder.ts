import { createRequire } from 'node:module';
import { encodeProduceRequest, type ProduceRequest } from './produce-request.js';
import type { RequestDefinition } from './protocol.js';

/** What kafkajs passes for a producer that is not idempotent. */
const NO_PRODUCER_ID = -1;
/** The oldest version with record batches of format v2; kafkajs knows 0 to 7. */
const FIRST_VERSION = 3;

// An internal file of kafkajs 2.2.4, whose version is pinned. A test fails when kafkajs reads it in another way.
const produce = createRequire(import.meta.url)('kafkajs/src/protocol/requests/produce/index.js') as RequestDefinition<ProduceRequest>;
const original = produce.protocol;

/**
 * Lets kafkajs' producers send what `encodeProduceRequest` writes. kafkajs' own encoder copies each byte eight times into
 * cleared buffers and allocates 512 bytes for each header: a sixth of what an event costs the gateway. Requests that a
 * relay never sends (compressed, transactional, idempotent, with timestamps) stay with kafkajs.
 */
export function encodeProduceRequestsOurselves(): void {
  produce.protocol = (negotiated) => {
    const theirs = original(negotiated);
    if (negotiated.version < FIRST_VERSION) return theirs;
    return (options) => {
      const made = theirs(options);
      if (!isPlain(options)) return made;
      return { ...made, request: { ...made.request, encode: () => Promise.resolve(encodeProduceRequest(options)) } };
    };
  };
}

function isPlain({ transactionalId, producerId = NO_PRODUCER_ID, compression = 0, topicData }: ProduceRequest): boolean {
  if ((transactionalId !== null && transactionalId !== undefined) || producerId !== NO_PRODUCER_ID || compression !== 0) return false;
  return topicData.every(({ partitions }) => partitions.every(({ messages }) => messages.every(({ timestamp }) => timestamp === undefined)));
}
