export type OrderStatus = 'created' | 'paid' | 'confirmed' | 'cancelled';

/** Pay, then ship. What can't be shipped is refunded: the compensation of the payment. */
export type SagaStep = 'payment' | 'shipment' | 'refund';

/** What the outside says of a step; `unknown`: nothing that can be relied on, so it may or may not have been done. */
export type Answer = 'done' | 'refused' | 'unknown';

export interface Settled {
  readonly kind: 'settled';
  readonly status: 'done' | 'refused';
  /** Of the order from now on. */
  readonly order: OrderStatus;
  /** What comes next; undefined: the saga has ended. */
  readonly next: SagaStep | undefined;
}

/** `again`: ask once more, under the same key. */
export type Advance = Settled | { readonly kind: 'again' };

const AGAIN: Advance = { kind: 'again' };

/** The whole saga: where an order stands after an answer. */
export function advance(step: SagaStep, answer: Answer): Advance {
  if (answer === 'unknown') return AGAIN;
  switch (step) {
    case 'payment':
      return answer === 'done' ? { kind: 'settled', status: 'done', order: 'paid', next: 'shipment' } : { kind: 'settled', status: 'refused', order: 'cancelled', next: undefined };
    case 'shipment':
      return answer === 'done' ? { kind: 'settled', status: 'done', order: 'confirmed', next: undefined } : { kind: 'settled', status: 'refused', order: 'paid', next: 'refund' };
    case 'refund':
      // A compensation has no other way out than to succeed.
      return answer === 'done' ? { kind: 'settled', status: 'done', order: 'cancelled', next: undefined } : AGAIN;
  }
}

/**
 * The idempotency key of all attempts of a step. Derived, not drawn: whoever tries it next, after whatever crash, comes
 * to the same one without having been told, so the outside does it once.
 */
export function stepKey(orderId: string, step: SagaStep): string {
  return `${orderId}:${step}`;
}

const FIRST_DELAY_MS = 200;
const LONGEST_DELAY_MS = 30_000;

/** How long to wait after this many attempts, in milliseconds. */
export function retryDelayMs(attempts: number): number {
  return Math.min(FIRST_DELAY_MS * 2 ** (attempts - 1), LONGEST_DELAY_MS);
}
