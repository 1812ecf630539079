export type OrderStatus = 'created' | 'paid' | 'confirmed' | 'cancelled';

/** Pay, then ship. An order that cannot be shipped is refunded, which compensates the payment. */
export type SagaStep = 'payment' | 'shipment' | 'refund';

/** The outside's answer to a step. `unknown`: it may or may not have been done. */
export type Answer = 'done' | 'refused' | 'unknown';

export interface Settled {
  readonly kind: 'settled';
  readonly status: 'done' | 'refused';
  /** The new status of the order. */
  readonly order: OrderStatus;
  /** The next step; undefined when the saga has ended. */
  readonly next: SagaStep | undefined;
}

/** `again`: repeat the step under the same key. */
export type Advance = Settled | { readonly kind: 'again' };

const AGAIN: Advance = { kind: 'again' };

/** The whole saga: what follows from an answer. */
export function advance(step: SagaStep, answer: Answer): Advance {
  if (answer === 'unknown') return AGAIN;
  switch (step) {
    case 'payment':
      return answer === 'done' ? { kind: 'settled', status: 'done', order: 'paid', next: 'shipment' } : { kind: 'settled', status: 'refused', order: 'cancelled', next: undefined };
    case 'shipment':
      return answer === 'done' ? { kind: 'settled', status: 'done', order: 'confirmed', next: undefined } : { kind: 'settled', status: 'refused', order: 'paid', next: 'refund' };
    case 'refund':
      // A compensation is repeated until it succeeds.
      return answer === 'done' ? { kind: 'settled', status: 'done', order: 'cancelled', next: undefined } : AGAIN;
  }
}

/**
 * The idempotency key of all attempts at a step. It is derived, not random: after a crash, any process computes the same
 * key, so the outside does the step once.
 */
export function stepKey(orderId: string, step: SagaStep): string {
  return `${orderId}:${step}`;
}

const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 30_000;

/** The delay after this many attempts, in milliseconds. */
export function retryDelayMs(attempts: number): number {
  return Math.min(FIRST_DELAY_MS * 2 ** (attempts - 1), LONGEST_DELAY_MS);
}
