import { describe, expect, it } from '@jest/globals';
import type { Moment } from '#domain/clock';
import { Lease } from './lease.js';

const at = (monotonicMs: number, wallMs = monotonicMs): Moment => ({ monotonicMs, wallMs });

const leaseOf = (ttlMs: number, acquiredAt: Moment): Lease => new Lease(0, 1, ttlMs, acquiredAt, { fenced: () => undefined });

describe('Lease', () => {
  it('ends for its owner two seconds before it ends for the others', () => {
    expect(leaseOf(10_000, at(0)).remainingMs(at(0))).toBe(8_000);
  });

  it('leaves a short lease half of its time', () => {
    expect(leaseOf(3_000, at(0)).remainingMs(at(0))).toBe(1_500);
  });

  it('counts a renewal from when it was sent, not from when it was answered', () => {
    const lease = leaseOf(10_000, at(0));
    lease.renewed(at(3_000));
    expect(lease.remainingMs(at(7_000))).toBe(4_000);
  });

  it('counts the time in which the machine was suspended, when the monotonic clock stood still', () => {
    expect(leaseOf(10_000, at(0, 0)).remainingMs(at(10, 60_000))).toBeLessThan(0);
  });

  it('is not lengthened by a wall clock that is set back', () => {
    expect(leaseOf(10_000, at(0, 60_000)).remainingMs(at(9_000, 0))).toBe(-1_000);
  });
});
