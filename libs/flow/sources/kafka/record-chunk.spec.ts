import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Advance, type ChunkEntry, halvesOf, type RecordChunk, sorted } from './record-chunk.js';
import { invalidRecord, type ReadRecord, SKIPPED } from './source-record.js';

const event = (id?: string): ReadRecord => ({ kind: 'event', type: 't', entity: 'e', id, occurredAtMs: undefined, contentType: 'application/json', traceparent: undefined, attributes: undefined, payload: Buffer.from('{}') });

const entry = (partition: number, offset: number, read: ReadRecord = event()): ChunkEntry => ({ partition, offset, read, record: { offset: String(offset), timestamp: '0', key: null, value: null } });

it('sorts records by what becomes of them', () => {
  const entries = [entry(0, 0, event('a')), entry(1, 0, event('a')), entry(0, 1, SKIPPED), entry(0, 2, invalidRecord('no'))];
  const { events, skipped, refusals } = sorted({ advances: [], entries }, 'default', 4);
  expect([events.map(({ partition }) => partition), skipped, refusals.map(({ entry: { offset } }) => offset)]).toEqual([[0, 1], [entries[2]], [2]]);
  expect(new Set(events.map(({ id }) => id)).size).toBe(2);
});

it('has the same effect in halves: every record once, and positions that meet', () => {
  const chunks = fc.array(fc.record({ count: fc.nat(4), lead: fc.nat(2), tail: fc.nat(2) }), { minLength: 1, maxLength: 4 }).map((parts): RecordChunk => {
    const entries: ChunkEntry[] = [];
    const advances: Advance[] = [];
    parts.forEach(({ count, lead, tail }, partition) => {
      for (let i = 0; i < count; i++) entries.push(entry(partition, lead + 2 * i));
      const nextOffset = count === 0 ? lead + tail : lead + 2 * count - 1 + tail;
      if (nextOffset > 0) advances.push({ partition, expectedOffset: 0, nextOffset });
    });
    return { entries, advances };
  }).filter(({ entries }) => entries.length >= 2);
  fc.assert(
    fc.property(chunks, (chunk) => {
      const [first, second] = halvesOf(chunk);
      expect([...first.entries, ...second.entries]).toEqual(chunk.entries);
      expect(first.entries.length).toBeGreaterThan(0);
      expect(second.entries.length).toBeGreaterThan(0);
      for (const { partition, nextOffset } of chunk.advances) {
        const steps = [first, second].flatMap(({ advances }) => advances.filter((each) => each.partition === partition));
        let at = 0;
        for (const step of steps) {
          expect(step.expectedOffset).toBe(at);
          expect(step.nextOffset).toBeGreaterThan(at);
          at = step.nextOffset;
        }
        expect(at).toBe(nextOffset);
      }
      for (const half of [first, second]) {
        for (const { partition, offset } of half.entries) expect(half.advances.some((each) => each.partition === partition && each.expectedOffset <= offset && offset < each.nextOffset)).toBe(true);
      }
    }),
  );
});
