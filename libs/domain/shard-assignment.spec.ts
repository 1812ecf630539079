import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assignShards, type ShardClaim } from './shard-assignment.js';

const claims = fc.uniqueArray(fc.record({
  memberId: fc.string({ minLength: 1, maxLength: 8 }),
  generation: fc.integer({ min: -1, max: 5 }),
  shards: fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 20 }),
  awaited: fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 20 }),
}), { minLength: 1, maxLength: 10, selector: ({ memberId }) => memberId });

describe('assignShards', () => {
  it('deals each shard to exactly one member, evenly, for any claims of the members', () => {
    fc.assert(fc.property(claims, fc.integer({ min: 1, max: 32 }), (members, shards) => {
      const assignment = assignShards(members, shards);
      const dealt = [...assignment.values()].flat().sort((a, b) => a - b);
      expect(dealt).toEqual(Array.from({ length: shards }, (_, shard) => shard));
      const counts = [...assignment.values()].map((part) => part.length);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }));
  });

  it('gives the same result for any order of the members', () => {
    fc.assert(fc.property(claims, (members) => {
      expect(assignShards([...members].reverse(), 16)).toEqual(assignShards(members, 16));
    }));
  });

  it('changes nothing when nothing has changed', () => {
    fc.assert(fc.property(claims, fc.integer({ min: 1, max: 32 }), (members, shards) => {
      const before = assignShards(members, shards);
      const again: ShardClaim[] = members.map(({ memberId }) => ({ memberId, generation: 6, shards: before.get(memberId) ?? [], awaited: [] }));
      const sorted = (assignment: Map<string, number[]>) => [...assignment].map(([id, part]) => [id, [...part].sort((a, b) => a - b)]);
      expect(sorted(assignShards(again, shards))).toEqual(sorted(before));
    }));
  });

  it('takes no more from the others than the newcomer needs', () => {
    const assignment = assignShards([
      { memberId: 'a', generation: 3, shards: [0, 1, 2, 3], awaited: [] },
      { memberId: 'b', generation: 3, shards: [4, 5, 6, 7], awaited: [] },
      { memberId: 'c', generation: -1, shards: [], awaited: [] },
    ], 8);
    expect(assignment.get('a')).toEqual([0, 1, 2]);
    expect(assignment.get('b')).toEqual([4, 5, 6]);
    expect(assignment.get('c')).toEqual([3, 7]);
  });

  it('gives orphaned shards to former members, and some of theirs to the newcomer', () => {
    const assignment = assignShards([
      { memberId: 'a', generation: 3, shards: [0, 1, 2], awaited: [] },
      { memberId: 'b', generation: 3, shards: [3, 4, 5], awaited: [] },
      { memberId: 'c', generation: -1, shards: [], awaited: [] },
    ], 8);
    const [a = [], b = [], c = []] = ['a', 'b', 'c'].map((memberId) => assignment.get(memberId));
    expect([...a, ...b]).toEqual(expect.arrayContaining([6, 7]));
    expect(c).toHaveLength(2);
    expect([a.length, b.length]).toEqual([3, 3]);
  });

  it('leaves an orphaned shard to the member that waits for its lease, when a newcomer joins', () => {
    const assignment = assignShards([
      { memberId: 'a', generation: 3, shards: [0, 1, 2, 6], awaited: [2] },
      { memberId: 'b', generation: 3, shards: [3, 4, 5, 7], awaited: [7] },
      { memberId: 'c', generation: -1, shards: [], awaited: [] },
    ], 8);
    const [a = [], b = [], c = []] = ['a', 'b', 'c'].map((memberId) => assignment.get(memberId));
    expect(a).toContain(2);
    expect(b).toContain(7);
    expect(c).toEqual([5, 6]);
  });

  it('gives a newcomer an orphaned shard only when the shares would be uneven otherwise', () => {
    const assignment = assignShards([
      { memberId: 'a', generation: 3, shards: [0], awaited: [] },
      { memberId: 'b', generation: -1, shards: [], awaited: [] },
    ], 8);
    expect(assignment.get('a')).not.toContain(0);
    expect([assignment.get('a')?.length, assignment.get('b')?.length]).toEqual([4, 4]);
  });

  it('believes the later generation when two members claim one shard', () => {
    const assignment = assignShards([
      { memberId: 'a', generation: 2, shards: [0, 1], awaited: [] },
      { memberId: 'b', generation: 3, shards: [0], awaited: [] },
    ], 2);
    expect(assignment.get('b')).toEqual([0]);
  });
});
