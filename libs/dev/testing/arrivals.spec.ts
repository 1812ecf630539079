import { describe, expect, it } from '@jest/globals';
import { type Arrival, findingsIn } from './arrivals.js';

const arrival = (sequence: number, arrivedAtMs: number, changes: Partial<Arrival> = {}): Arrival => ({
  eventId: `e${sequence}`, deliveryId: '', entity: 'a', sequence, previousSequence: sequence - 1, attempt: 1, redelivered: false, replayed: false, body: '',
  arrivedAtMs, endedAtMs: arrivedAtMs + 5, status: 200, ...changes,
});

describe('findingsIn', () => {
  it('finds nothing in an orderly lane with a retry', () => {
    expect(findingsIn([arrival(1, 0), arrival(2, 10, { status: 500 }), arrival(2, 20, { attempt: 2 }), arrival(3, 30)])).toEqual([]);
  });

  it.each<[string, Arrival[], string]>([
    ['a gap', [arrival(1, 0), arrival(3, 10)], 'a: #3 arrived first after #1'],
    ['an inversion', [arrival(2, 0), arrival(1, 10)], 'a: #2 arrived first after #0'],
    ['a follower that overtakes a retry', [arrival(1, 0, { status: 500 }), arrival(2, 10)], 'a: #2 arrived before #1 was delivered'],
    ['an overlap', [arrival(1, 0, { endedAtMs: 20 }), arrival(1, 10)], 'a: #1 attempt 1 overlaps #1 attempt 1'],
    ['a repeat after a delivery', [arrival(1, 0), arrival(1, 10)], 'a: #1 was sent again after it was delivered'],
    ['two events with one sequence', [arrival(1, 0, { status: 500 }), arrival(1, 10, { eventId: 'x' })], 'a: #1 is e1 and x'],
  ])('finds %s', (_name, arrivals, finding) => {
    expect(findingsIn(arrivals)).toContain(finding);
  });

  it('accepts that a lane continues after a delivery that was given up, and repeats at a takeover', () => {
    expect(findingsIn([arrival(1, 0, { status: 500 }), arrival(2, 10)], { givenUp: new Set(['e1']) })).toEqual([]);
    expect(findingsIn([arrival(1, 0), arrival(1, 3), arrival(2, 10)], { takeovers: true })).toEqual([]);
  });
});
