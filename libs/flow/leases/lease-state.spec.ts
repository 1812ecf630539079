import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Lease, type LeaseState } from './lease.js';

const TTL_MS = 10_000;

type Act = 'onLoaded' | 'suspend' | 'resume' | 'drain' | 'end';

function leaseAfter(acts: readonly Act[]): Lease {
  const lease = new Lease(0, 1, TTL_MS, { monotonicMs: performance.now(), wallMs: Date.now() }, { fenced: (fenced) => fenced.end() });
  for (const act of acts) lease[act]();
  return lease;
}

describe("a lease's state", () => {
  it.each<[Act[], LeaseState]>([
    [[], 'loading'],
    [['onLoaded'], 'active'],
    [['onLoaded', 'suspend'], 'suspended'],
    [['onLoaded', 'suspend', 'resume'], 'active'],
    // The deadline passed while the lanes were loading.
    [['suspend', 'onLoaded'], 'suspended'],
    [['suspend', 'resume', 'onLoaded'], 'active'],
    [['suspend', 'onLoaded', 'resume'], 'active'],
    [['drain'], 'draining'],
    [['onLoaded', 'drain', 'suspend', 'resume'], 'draining'],
    [['drain', 'onLoaded'], 'draining'],
    [['onLoaded', 'end', 'drain', 'resume'], 'lost'],
  ])('is, after %j, %s', (acts, state) => {
    expect(leaseAfter(acts).state).toBe(state);
  });

  it('never goes back from the handover, and sends in "active" only (1 to 4)', () => {
    const acts = fc.array(fc.constantFrom<Act>('onLoaded', 'suspend', 'resume', 'drain', 'end'), { maxLength: 12 });
    fc.assert(fc.property(acts, (taken) => {
      const [drained, ended] = [taken.includes('drain'), taken.includes('end')];
      const lease = leaseAfter(taken);
      expect(lease.maySend).toBe(lease.state === 'active');
      if (ended) expect(lease.state).toBe('lost');
      else if (drained) expect(lease.state).toBe('draining');
      else expect(lease.mayRead).toBe(taken.includes('onLoaded'));
    }));
  });

  it('does not let an active owner send after its deadline (1)', () => {
    const lease = new Lease(0, 1, TTL_MS, { monotonicMs: performance.now() - TTL_MS, wallMs: Date.now() }, { fenced: () => undefined });
    lease.onLoaded();
    expect([lease.state, lease.maySend]).toEqual(['active', false]);
  });

  it('is lost when a statement is fenced', () => {
    const lease = leaseAfter(['onLoaded']);
    lease.fenced();
    expect(lease.isLost).toBe(true);
  });
});
