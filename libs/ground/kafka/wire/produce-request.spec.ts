import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { projectRoot } from '#ground/config/project-root';
import { encodeProduceRequest, kafkajsProduceRequest, type ProduceRequest } from './produce-request.js';

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
        const { buffer } = await kafkajsProduceRequest()(given).encode();
        expect(encodeProduceRequest(given).buffer.equals(buffer)).toBe(true);
      }), { numRuns: 150 });
    } finally {
      clock.mockRestore();
    }
  });

  it('is what kafkajs sends once it has replaced the original, but for what is not plain', () => {
    // In plain Node: jest keeps modules of its own.
    const script = `
      import { createRequire } from 'node:module';
      const { replaceProduceRequest, kafkajsProduceRequest } = await import('./libs/ground/kafka/wire/produce-request.ts');
      const require = createRequire(import.meta.url);
      Date.now = () => 1_790_000_000_123;
      const original = kafkajsProduceRequest();
      if (process.argv[1] === 'replaced') replaceProduceRequest();
      const message = { key: 'default/e', value: Buffer.from('{}'), headers: { ce_id: 'evt_1', 'content-type': 'application/json' } };
      const requests = [{}, { compression: 1 }, { transactionalId: 't' }, { timestamp: '1700000000000' }].map(({ timestamp, ...other }) =>
        ({ acks: -1, timeout: 1, ...other, topicData: [{ topic: 't', partitions: [{ partition: 1, firstSequence: 0, messages: [timestamp === undefined ? message : { ...message, timestamp }] }] }] }));
      const sent = [];
      for (const given of requests) {
        const { apiKey, apiVersion, apiName, expectResponse, encode } = require('kafkajs/src/protocol/requests/produce/v7/request.js')(given);
        sent.push([apiKey, apiVersion, apiName, expectResponse(), (await encode()).buffer.toString('hex')]);
      }
      console.log(JSON.stringify([sent, kafkajsProduceRequest() === original]));`;
    const run = (how: string): unknown =>
      JSON.parse(execFileSync(process.execPath, ['--conditions=source', '--import', '@swc-node/register/esm-register', '--input-type=module', '-e', script, how], { cwd: path.resolve(projectRoot()), encoding: 'utf8' }));
    const [[sentBefore, theirsBefore], [sentAfter, theirsAfter]] = [run('original') as [unknown, boolean], run('replaced') as [unknown, boolean]];
    expect([theirsBefore, theirsAfter]).toEqual([true, false]);
    expect(sentAfter).toEqual(sentBefore);
  });
});
