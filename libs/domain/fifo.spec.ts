import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Fifo } from './fifo.js';

describe('Fifo', () => {
  it('behaves as an array does with push and shift', () => {
    fc.assert(fc.property(fc.array(fc.option(fc.integer(), { freq: 3 }), { maxLength: 500 }), (steps) => {
      const fifo = new Fifo<number>();
      const model: number[] = [];
      for (const step of steps) {
        if (step === null) expect(fifo.shift()).toBe(model.shift());
        else {
          fifo.push(step);
          model.push(step);
        }
        expect([fifo.size, fifo.next]).toEqual([model.length, model[0]]);
      }
    }));
  });
});
