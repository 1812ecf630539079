import { describe, expect, it } from '@jest/globals';
import { checkDeliveries, checkStored, latenciesMs, parseArrivals, parseLog } from './check.mjs';

const posted = parseLog('k-0,0.000,5.000,202\nk-1,10.000,15.000,202\nk-2,12.000,18.000,503\n');
const arrivalsOf = (...lines) => parseArrivals(lines.map((line) => `${line}\n`).join(''));

describe('checkDeliveries', () => {
  it('reports nothing when every accepted event arrived once and in order', () => {
    expect(checkDeliveries(posted, arrivalsOf('k-0,20.000,a,0', 'k-1,21.000,a,1'))).toEqual({ lost: 0, duplicates: 0, orderBreaks: 0, unknown: 0 });
  });

  it('counts lost, repeated and unknown events', () => {
    expect(checkDeliveries(posted, arrivalsOf('k-0,20.000,a,0', 'k-0,21.000,a,0', 'x-1,22.000,b,0'))).toEqual({ lost: 1, duplicates: 1, orderBreaks: 0, unknown: 1 });
  });

  it('reports broken order only when the first event had its 202 before the second was sent', () => {
    const overtaken = arrivalsOf('k-1,20.000,a,1', 'k-0,21.000,a,0');
    expect(checkDeliveries(posted, overtaken).orderBreaks).toBe(1);
    const concurrent = parseLog('k-0,0.000,11.000,202\nk-1,10.000,15.000,202\n');
    expect(checkDeliveries(concurrent, overtaken).orderBreaks).toBe(0);
  });

  it('allows events of different entities to overtake each other', () => {
    expect(checkDeliveries(posted, arrivalsOf('k-1,20.000,b,0', 'k-0,21.000,a,0')).orderBreaks).toBe(0);
  });
});

describe('checkStored', () => {
  it('expects each entity’s numbers once and in order', () => {
    expect(checkStored(4, arrivalsOf('b-0,1.000,a,0', 'b-2,2.000,a,2', 'b-1,3.000,a,1', 'b-1,4.000,a,1'))).toEqual({ lost: 1, duplicates: 1, orderBreaks: 1, unknown: 0 });
  });
});

describe('latenciesMs', () => {
  it('counts from the due time of an event to its first arrival', () => {
    expect(latenciesMs(posted, arrivalsOf('k-0,20.000,a,0', 'k-0,30.000,a,0', 'k-1,21.500,a,1', 'x-1,22.000,b,0'))).toEqual([20, 11.5]);
  });
});
