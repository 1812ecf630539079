import { expect, it } from '@jest/globals';
import { partitionStarts } from './topic-start.js';

/** Partitions whose logs have the offsets 10 to 19, and of which 15 is the first since any time. */
const logsOf = (partitions: number): Parameters<typeof partitionStarts>[0] => {
  const numbers = Array.from({ length: partitions }, (_, partition) => partition);
  return {
    read: () => Promise.resolve(new Map(numbers.map((partition) => [partition, { start: 10, end: 20 }]))),
    offsetsSince: () => Promise.resolve(new Map(numbers.map((partition) => [partition, 15]))),
  };
};

it.each([['earliest', 10], ['latest', 20], ['2026-01-31T12:00:00Z', 15]])('begins by %s', async (startAt, startOffset) => {
  expect(await partitionStarts(logsOf(2), startAt)).toEqual([0, 1].map((partition) => ({ partition, startOffset, earliestOffset: 10 })));
});

it('refuses a topic with more partitions than a source reads', async () => {
  expect(await partitionStarts(logsOf(10_000), 'earliest')).toHaveLength(10_000);
  await expect(partitionStarts(logsOf(10_001), 'earliest')).rejects.toThrow('The topic has 10001 partitions, and a source reads at most 10000');
});
