import { createRequire } from 'node:module';
import { expect, it } from '@jest/globals';
import { patchKafkajs } from './patch-kafkajs.js';

interface Message {
  readonly offset: string;
  readonly isControlRecord: boolean;
}

type BatchClass = new (topic: string, fetchedOffset: string, data: { partition: number; highWatermark: string; abortedTransactions: unknown[]; messages: Message[] }) => {
  firstOffset(): string | null;
  lastOffset(): string;
  isEmptyDueToFiltering(): boolean;
};

const Batch = createRequire(import.meta.url)('kafkajs/src/consumer/batch.js') as BatchClass;

const batchOf = (fetchedOffset: number, messages: readonly [offset: number, isControlRecord: boolean][]): InstanceType<BatchClass> =>
  new Batch('orders', String(fetchedOffset), { partition: 0, highWatermark: '20', abortedTransactions: [], messages: messages.map(([offset, isControlRecord]) => ({ offset: String(offset), isControlRecord })) });

it.each([
  ['markers behind compacted records', 5, [[10, true], [11, true]], '5', '11'],
  ['nothing but what came before', 6, [[4, false]], '6', '6'],
] as const)('kafkajs tells the offset that was asked for of a batch with %s', (_what, fetchedOffset, messages, first, last) => {
  patchKafkajs();
  patchKafkajs();
  const batch = batchOf(fetchedOffset, messages.map(([offset, isControl]) => [offset, isControl]));
  expect([batch.isEmptyDueToFiltering(), batch.firstOffset(), batch.lastOffset()]).toEqual([true, first, last]);
});

it('kafkajs tells the first offset of a batch with records', () => {
  patchKafkajs();
  expect(batchOf(5, [[7, false], [8, true]]).firstOffset()).toBe('7');
});
