import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { batchOf, keyedBatchOf, markerOf, responseOf } from './fixtures/fetched.js';
import { patchKafkajs } from './patch-kafkajs.js';

interface Response {
  readonly decode: (raw: Buffer) => Promise<Decoded>;
}

interface Partition {
  readonly partition: number;
  readonly highWatermark: string;
  readonly abortedTransactions: readonly object[];
  readonly messages: readonly { readonly offset: string }[];
}

interface Decoded {
  readonly responses: readonly { readonly partitions: readonly Partition[] }[];
}

const require = createRequire(import.meta.url);
const definition = require('kafkajs/src/protocol/requests/fetch/index.js') as { protocol: (negotiated: { version: number }) => (options: object) => { readonly response: Response } };
const theirsOf = (version: number): Response => require(`kafkajs/src/protocol/requests/fetch/v${version}/response.js`) as Response;
const oursOf = (version: number): Response => {
  patchKafkajs();
  return definition.protocol({ version })({ topics: [] }).response;
};

const cutOff = batchOf(20, 5);
/** Two batches and a part of a third one; nothing; a message set of before Kafka 0.11 that has no whole message. */
const PARTITIONS = [Buffer.concat([batchOf(10, 3), batchOf(13, 2), cutOff.subarray(0, cutOff.length - 1)]), Buffer.alloc(0), Buffer.alloc(30)];

it.each([4, 5, 6, 7, 8, 9, 10, 11])('reads version %i as kafkajs does', async (version) => {
  const raw = responseOf(version, PARTITIONS);
  const ours = await oursOf(version).decode(raw);
  const theirs = await theirsOf(version).decode(raw);
  // Which they filter later, and we do now.
  const withoutAborted = theirs.responses.map((topic) => ({ ...topic, partitions: topic.partitions.map((partition) => ({ ...partition, abortedTransactions: [] })) }));
  expect(ours).toEqual({ ...theirs, responses: withoutAborted });
  expect(ours.responses[0]?.partitions[0]?.messages.map(({ offset }) => offset)).toEqual(['10', '11', '12', '13', '14']);
});

it('reads a batch with more records than a call can have arguments', async () => {
  const raw = responseOf(11, [batchOf(0, 150_000)]);
  await expect(theirsOf(11).decode(raw)).rejects.toThrow('Maximum call stack size exceeded');
  expect((await oursOf(11).decode(raw)).responses[0]?.partitions[0]?.messages).toHaveLength(150_000);
});

describe('of transactions', () => {
  const Batch = require('kafkajs/src/consumer/batch.js') as new (topic: string, fetchedOffset: string, partition: Partition) => { readonly messages: readonly { readonly offset: string }[]; lastOffset(): string };
  const [A, B, C] = [{ producerId: 1, isControl: false }, { producerId: 2, isControl: false }, { producerId: 3, isControl: false }];
  const record = (offset: number, of: typeof A): Buffer => keyedBatchOf(offset, Buffer.from('k'), of);
  const zeroKey = (offset: number, of: typeof A): Buffer => keyedBatchOf(offset, Buffer.alloc(4), of);
  const usual = (offset: number): Buffer => batchOf(offset, 1);

  it.each<[string, { from?: number; batches: Buffer[]; aborted: [number, number][]; read: number[] }]>([
    ['that end in another order than they begin', { batches: [record(0, A), record(1, B), markerOf(2, 2, 'abort'), markerOf(3, 1, 'abort'), usual(4)], aborted: [[2, 1], [1, 0]], read: [4] }],
    ['that hold keys of four zero bytes', { batches: [zeroKey(0, A), record(1, A), markerOf(2, 1, 'abort'), zeroKey(3, A), markerOf(4, 1, 'commit')], aborted: [[1, 0]], read: [3] }],
    ['within which the fetch begins', { from: 2, batches: [record(2, A), record(3, B), markerOf(4, 1, 'abort'), markerOf(5, 2, 'abort'), record(6, A), markerOf(7, 1, 'commit')], aborted: [[1, 0], [2, 1]], read: [6] }],
    ['of one producer, one after the other', { batches: [record(0, A), markerOf(1, 1, 'abort'), record(2, A), markerOf(3, 1, 'commit'), record(4, A), markerOf(5, 1, 'abort'), usual(6)], aborted: [[1, 0], [1, 4]], read: [2, 6] }],
    ['beside committed ones', { batches: [record(0, A), record(1, B), record(2, C), markerOf(3, 3, 'commit'), markerOf(4, 2, 'commit'), markerOf(5, 1, 'abort')], aborted: [[1, 0]], read: [1, 2] }],
    ['whose markers come later', { batches: [record(0, A), usual(1), record(2, A)], aborted: [[1, 0]], read: [1] }],
  ])('leaves out the records of aborted ones %s, and moves behind them', async (_what, { from = 0, batches, aborted, read }) => {
    const decoded = await oursOf(11).decode(responseOf(11, [Buffer.concat(batches)], aborted));
    const [partition] = decoded.responses[0]?.partitions ?? [];
    if (partition === undefined) throw new Error('The response has no partition');
    const batch = new Batch('orders', String(from), partition);
    expect(batch.messages.map(({ offset }) => Number(offset))).toEqual(read);
    expect(Number(batch.lastOffset())).toBe(from + batches.length - 1);
  });
});
