import { describe, expect, it } from '@jest/globals';
import { type DaySums, suspicionsOf } from './ledger-sums.js';

const EMPTY = { inbox: [], deliveries: [], attempts: { attempts: '0', successes: '0' } };

function dayOf(from: string, to: string, events: number, fingerprint: string | null, unsettled: string | null): DaySums {
  return { from, to, events: { events, fingerprint, unsettled }, ...EMPTY };
}

describe('idempotency keys', () => {
  const days = [dayOf('1', '2', 2, '-6', null), dayOf('2', '4', 3, '5', '9'), dayOf('4', '5', 4, '7', null)];
  const first = { from: '1', keys: 2, fingerprint: '-6' };
  const second = { from: '2', keys: 3, fingerprint: String(5n ^ 9n) };

  it.each([
    ['are as many as the events, and name the same ones', [first, second], []],
    ['are those of a day in two parts', [first, { from: '2', keys: 1, fingerprint: '5' }, { from: '3', keys: 2, fingerprint: '9' }], []],
    ['name other events', [first, { ...second, fingerprint: '5' }], ['2']],
    ['are fewer: one was never given, or has expired', [{ ...first, keys: 1 }, second], ['1']],
    ['are more: two of them name what is not there', [{ ...first, keys: 4 }, { ...second, keys: 5 }], ['1', '2']],
    ['are of a day without partitions', [{ from: '0', keys: 1, fingerprint: '1' }, { from: '5', keys: 1, fingerprint: '1' }], []],
    ['are of any day when an id has no time in it', [first, { from: null, keys: 1, fingerprint: '1' }], ['00000000-0000-0000-0000-000000000000']],
  ])('%s', (_, keys, odd) => {
    expect(suspicionsOf({ days, lanes: [], keys }).keys.map(({ from }) => from)).toEqual(odd);
  });
});
