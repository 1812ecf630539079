import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { advance, type Answer, type OrderStatus, retryDelayMs, type SagaStep, stepKey } from './saga.js';

const answers = fc.array(fc.constantFrom<Answer>('done', 'refused', 'unknown'), { maxLength: 20 });

/** Plays answers until they or the saga end. Returns the steps that were done, the order's status, and the current step. */
function play(given: readonly Answer[]): { done: SagaStep[]; order: OrderStatus; step: SagaStep | undefined } {
  let order: OrderStatus = 'created';
  let step: SagaStep | undefined = 'payment';
  const done: SagaStep[] = [];
  for (const answer of given) {
    if (step === undefined) break;
    const result = advance(step, answer);
    if (result.kind === 'again') continue;
    if (result.status === 'done') done.push(step);
    ({ order, next: step } = result);
  }
  return { done, order, step };
}

describe('the saga', () => {
  it('pays, then ships', () => {
    expect(play(['done', 'done'])).toEqual({ done: ['payment', 'shipment'], order: 'confirmed', step: undefined });
  });

  it('is cancelled when the payment is refused, without a refund', () => {
    expect(play(['refused'])).toEqual({ done: [], order: 'cancelled', step: undefined });
  });

  it('refunds the payment when the shipment is refused, and repeats a refused refund', () => {
    expect(play(['done', 'refused'])).toMatchObject({ order: 'paid', step: 'refund' });
    expect(play(['done', 'refused', 'refused', 'unknown', 'done'])).toEqual({ done: ['payment', 'refund'], order: 'cancelled', step: undefined });
  });

  it('repeats a step with an unknown outcome', () => {
    for (const step of ['payment', 'shipment', 'refund'] as const) expect(advance(step, 'unknown')).toEqual({ kind: 'again' });
  });

  it('never does a step twice, and ends confirmed only with a shipment, cancelled only without the money', () => {
    fc.assert(fc.property(answers, (given) => {
      const { done, order, step } = play(given);
      expect(new Set(done).size).toBe(done.length);
      if (order === 'confirmed') expect(done).toEqual(['payment', 'shipment']);
      if (order === 'cancelled') expect(done.includes('payment')).toBe(done.includes('refund'));
      expect(step === undefined).toBe(order === 'confirmed' || order === 'cancelled');
    }));
  });
});

it('a key is always the same for a step of an order, and different for another step or order', () => {
  expect(stepKey('ord_1', 'payment')).toBe('ord_1:payment');
  expect(new Set([stepKey('ord_1', 'payment'), stepKey('ord_1', 'shipment'), stepKey('ord_2', 'payment')]).size).toBe(3);
});

it('waits twice as long each time, at most 30 s', () => {
  expect([1, 2, 3, 8, 9, 5_000].map(retryDelayMs)).toEqual([200, 400, 800, 25_600, 30_000, 30_000]);
});
