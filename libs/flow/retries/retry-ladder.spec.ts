import { describe, expect, it } from '@jest/globals';
import { tiersOf } from '#ground/kafka/topics';
import { Ladder } from './retry-ladder.js';
import { parseRetryToken } from './retry-token.js';

describe('Ladder', () => {
  const ladder = new Ladder(tiersOf([30_000, 1_000, 500, 1_000, 5_000]));

  it('has a tier for each distinct delay from one second on', () => {
    expect(tiersOf([30_000, 1_000, 500, 1_000, 5_000])).toEqual([1_000, 5_000, 30_000]);
  });

  it.each([[999, undefined], [1_000, 1_000], [4_999, 1_000], [5_100, 5_000], [999_999, 30_000]])('puts a retry in %i ms on the tier of %s ms', (delayMs, tierMs) => {
    expect(ladder.tierFor(delayMs)).toBe(tierMs);
  });
});

describe('parseRetryToken', () => {
  const token = { eventId: '0192c1f0-0000-7000-8000-0000000000ab', endpoint: 3, replay: 0, lane: 9, attempt: 2, epoch: 4, dueAt: 'x' };

  it('reads a token of a lane', () => {
    expect(parseRetryToken(Buffer.from(JSON.stringify(token)))).toEqual({
      name: { kind: 'lane', lane: 9 },
      delivery: { eventId: token.eventId, endpoint: 3, replay: 0 },
      attempt: 2, epoch: 4,
    });
  });

  it('reads a token of a delivery without a lane', () => {
    expect(parseRetryToken(Buffer.from(JSON.stringify({ ...token, lane: null })))?.name.kind).toBe('unordered');
  });

  it.each(['', 'null', '[]', '7', '{"eventId":1}', '{', JSON.stringify({ ...token, epoch: '4' })])('does not take %s for one', (text) => {
    expect(parseRetryToken(Buffer.from(text))).toBeUndefined();
  });

  it('does not take a record without a value for one', () => expect(parseRetryToken(null)).toBeUndefined());
});
