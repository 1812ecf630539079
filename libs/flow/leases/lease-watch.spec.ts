import { describe, expect, it } from '@jest/globals';
import type { Moment } from '#domain/clock';
import { type LeaseRow, LeaseWatch } from './lease-watch.js';

const TTL_MS = 10_000;
const at = (ms: number): Moment => ({ monotonicMs: ms, wallMs: 1_000_000 + ms });
const row = (over: Partial<LeaseRow> = {}): LeaseRow => ({ shard: 0, epoch: 3, owner: 'other', renewals: 7, expired: false, ...over });

describe('LeaseWatch', () => {
  it('lets a released lease be claimed at once', () => {
    const watch = new LeaseWatch(TTL_MS);
    watch.observe([row({ owner: null })], at(0));
    expect(watch.availableLease(0, at(0))?.epoch).toBe(3);
  });

  it('lets an expired lease be claimed only after it stood still for a TTL by our own clock', () => {
    const watch = new LeaseWatch(TTL_MS);
    watch.observe([row({ expired: true })], at(0));
    expect(watch.availableLease(0, at(0))).toBeUndefined();
    watch.observe([row({ expired: true })], at(9_999));
    expect(watch.availableLease(0, at(9_999))).toBeUndefined();
    watch.observe([row({ expired: true })], at(10_000));
    expect(watch.availableLease(0, at(10_000))?.renewals).toBe(7);
  });

  it('counts again from each renewal, so a database clock that was stepped takes no lease away', () => {
    const watch = new LeaseWatch(TTL_MS);
    watch.observe([row({ expired: true })], at(0));
    watch.observe([row({ expired: true, renewals: 8 })], at(9_000));
    expect(watch.availableLease(0, at(12_000))).toBeUndefined();
    watch.observe([row({ expired: true, renewals: 8 })], at(19_000));
    expect(watch.availableLease(0, at(19_000))?.renewals).toBe(8);
  });

  it('does not offer a lease that is unchanged but has not expired', () => {
    const watch = new LeaseWatch(TTL_MS);
    watch.observe([row()], at(0));
    watch.observe([row()], at(60_000));
    expect(watch.availableLease(0, at(60_000))).toBeUndefined();
  });

  it('knows nothing of a lease that it has not seen', () => {
    expect(new LeaseWatch(TTL_MS).availableLease(5, at(0))).toBeUndefined();
  });
});
