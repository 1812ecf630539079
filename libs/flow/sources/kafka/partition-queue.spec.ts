import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type FetchedRecords, PartitionQueue } from './partition-queue.js';
import type { SourceRecord } from './source-record.js';

const record = (offset: number): SourceRecord => ({ offset: String(offset), timestamp: '0', key: null, value: Buffer.from('x') });

const fetched = (fetchedOffset: number, offsets: readonly number[], nextOffset = (offsets.at(-1) ?? fetchedOffset - 1) + 1): FetchedRecords => ({ fetchedOffset, nextOffset, records: offsets.map(record) });

function drain(queue: PartitionQueue): number[] {
  const offsets: number[] = [];
  for (let next = queue.first(); next !== undefined; next = queue.first()) {
    offsets.push(Number(next.offset));
    queue.shift(next);
  }
  return offsets;
}

describe('PartitionQueue', () => {
  it('gives records in order, and moves over offsets that have none', () => {
    const queue = new PartitionQueue(0, 5);
    queue.push(fetched(5, [5, 7, 9], 12));
    queue.push(fetched(12, []));
    queue.push(fetched(12, [], 14));
    queue.push(fetched(14, [14]));
    expect([drain(queue), queue.nextOffset, queue.isEmpty, queue.bytes, queue.jump]).toEqual([[5, 7, 9, 14], 15, true, 0, undefined]);
  });

  it('stands where the last record was taken, however many came', () => {
    const queue = new PartitionQueue(0, 0);
    queue.push(fetched(0, [0, 3, 4]));
    const first = queue.first();
    if (first !== undefined) queue.shift(first);
    expect([queue.nextOffset, queue.isEmpty, queue.bytes > 0]).toEqual([1, false, true]);
  });

  it.each([8, 3])('stops at a fetch that begins at %i instead of 5', (from) => {
    const queue = new PartitionQueue(0, 2);
    queue.push(fetched(2, [2, 4]));
    queue.push(fetched(from, [from, 9]));
    expect(drain(queue)).toEqual([2, 4]);
    expect([queue.nextOffset, queue.jump?.fetchedOffset]).toEqual([5, from]);
  });

  it('gives each record once, whatever is fetched in between', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(4), { minLength: 1, maxLength: 40 }), (sizes) => {
        const queue = new PartitionQueue(0, 0);
        const [expected, given]: [number[], number[]] = [[], []];
        let next = 0;
        for (const size of sizes) {
          const offsets = Array.from({ length: size }, (_, i) => next + 2 * i);
          queue.push(fetched(next, offsets, next + 2 * size + 1));
          expected.push(...offsets);
          next += 2 * size + 1;
          if (size % 2 === 0) given.push(...drain(queue));
        }
        given.push(...drain(queue));
        expect([given, queue.nextOffset, queue.bytes]).toEqual([expected, next, 0]);
      }),
    );
  });
});
