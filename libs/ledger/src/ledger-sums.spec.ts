import { describe, expect, it } from '@jest/globals';
import { type DaySums, suspicionsOf } from './ledger-sums.js';

const EMPTY = { inbox: [], deliveries: [], attempts: { attempts: '0', successes: '0' } };

function dayOf(events: number, fingerprint: string | null, unsettled: string | null): DaySums {
  return { from: '0', to: '1', events: { events, fingerprint, unsettled }, ...EMPTY };
}

describe('idempotency keys', () => {
  const days = [dayOf(2, '-6', null), dayOf(3, null, '9'), dayOf(0, null, null)];
  const fingerprint = String(-6n ^ 9n);

  it.each([
    ['are as many as the events, and name the same ones', { keys: 5, fingerprint }, false],
    ['name other events', { keys: 5, fingerprint: '9' }, true],
    ['are fewer: one was never given, or has expired', { keys: 4, fingerprint }, true],
    ['are more: two of them name what is not there', { keys: 7, fingerprint }, true],
    ['are none', { keys: 0, fingerprint: null }, true],
  ])('%s', (_, keys, suspicious) => {
    expect(suspicionsOf({ days, lanes: [], keys }).keys).toBe(suspicious);
  });

  it('are none, as there are no events', () => {
    expect(suspicionsOf({ days: [], lanes: [], keys: { keys: 0, fingerprint: null } }).keys).toBe(false);
  });
});
