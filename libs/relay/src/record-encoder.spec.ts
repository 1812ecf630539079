import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { projectRoot } from '#config/project-root';
import { encodeRecord, type EncodableRecord, kafkajsRecordEncoder } from './record-encoder.js';

const bytes = fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)));
const record: fc.Arbitrary<EncodableRecord> = fc.record(
  {
    offsetDelta: fc.nat(5_000),
    timestampDelta: fc.oneof(fc.integer(), fc.integer({ min: -1_000_000_000_000, max: 1_000_000_000_000 })),
    key: fc.option(bytes),
    value: fc.option(fc.oneof(bytes, fc.constant(Buffer.alloc(70_000, 'x')))),
    headers: fc.dictionary(fc.string(), fc.oneof(bytes, fc.array(bytes, { maxLength: 3 })), { maxKeys: 10 }),
  },
  { requiredKeys: [] },
);

describe('encodeRecord', () => {
  it('writes the same bytes as kafkajs', () => {
    fc.assert(fc.property(record, (given) => encodeRecord(given).buffer.equals(kafkajsRecordEncoder()(given).buffer)), { numRuns: 500 });
  });

  it('is what kafkajs encodes a produce request with once it has replaced the original', () => {
    // In plain Node: jest keeps modules of its own.
    const script = `
      import { createRequire } from 'node:module';
      const { replaceRecordEncoder, encodeRecord, kafkajsRecordEncoder } = await import('./libs/relay/src/record-encoder.ts');
      const require = createRequire(import.meta.url);
      const messages = [{ key: 'default/e', value: Buffer.from('{}'), headers: { ce_id: 'evt_1', 'content-type': 'application/json' }, timestamp: 1700000000000 }];
      const topicData = [{ topic: 't', partitions: [{ partition: 1, messages }] }];
      const request = 'kafkajs/src/protocol/requests/produce/v7/request.js';
      const encode = async () => (await require(request)({ acks: -1, timeout: 1, topicData }).encode()).buffer;
      if (process.argv[1] === 'replaced') replaceRecordEncoder();
      console.log(JSON.stringify([(await encode()).toString('hex'), kafkajsRecordEncoder() === encodeRecord]));`;
    const run = (how: string): unknown =>
      JSON.parse(execFileSync(process.execPath, ['--conditions=source', '--import', '@swc-node/register/esm-register', '--input-type=module', '-e', script, how], { cwd: path.resolve(projectRoot()), encoding: 'utf8' }));
    const [[bytesBefore, oursBefore], [bytesAfter, oursAfter]] = [run('original') as [string, boolean], run('replaced') as [string, boolean]];
    expect([oursBefore, oursAfter]).toEqual([false, true]);
    expect(bytesAfter).toBe(bytesBefore);
  });
});
