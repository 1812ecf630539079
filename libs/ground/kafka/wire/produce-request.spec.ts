import { createRequire } from 'node:module';
import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { encodeProduceRequest, type ProduceRequest } from './produce-request.js';
import type { KafkaRequest } from './protocol.js';

const kafkajsProduceRequest = createRequire(import.meta.url)('kafkajs/src/protocol/requests/produce/v7/request.js') as (request: ProduceRequest) => KafkaRequest;

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary', minLength: 40, maxLength: 90 }));
const bytes = fc.oneof(text, fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)));
const long = fc.constantFrom(Buffer.alloc(70_000, 'x'), 'ä'.repeat(9_000), 'x'.repeat(8_100), 'x'.repeat(3_000_000));
const message = fc.record(
  { key: fc.option(bytes), value: fc.option(fc.oneof({ weight: 20, arbitrary: bytes }, { weight: 1, arbitrary: long })), headers: fc.dictionary(fc.string(), fc.oneof(bytes, fc.array(bytes, { maxLength: 3 })), { maxKeys: 10 }) },
  { requiredKeys: [] },
);
const partition = fc.record({ partition: fc.nat(100), messages: fc.array(message, { minLength: 1, maxLength: 200 }) });
const request: fc.Arbitrary<ProduceRequest> = fc.record({
  acks: fc.constantFrom(-1, 0, 1), timeout: fc.nat(60_000), topicData: fc.array(fc.record({ topic: fc.string(), partitions: fc.array(partition, { maxLength: 4 }) }), { maxLength: 3 }),
});

describe('encodeProduceRequest', () => {
  it('writes the same bytes as kafkajs', async () => {
    const clock = jest.spyOn(Date, 'now').mockReturnValue(1_790_000_000_123);
    try {
      await fc.assert(fc.asyncProperty(request, async (given) => {
        const { buffer } = await kafkajsProduceRequest(given).encode();
        expect(encodeProduceRequest(given).buffer.equals(buffer)).toBe(true);
      }), { numRuns: 150 });
    } finally {
      clock.mockRestore();
    }
  });
});
