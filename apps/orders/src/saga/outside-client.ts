import { z } from 'zod';
import { type Answer, type SagaStep, stepKey } from './saga.js';

/** Longer than a bank takes; then its answer is not known. */
export const CALL_TIMEOUT_MS = 3_000;

const PATHS: Readonly<Record<SagaStep, string>> = { payment: 'payments', shipment: 'shipments', refund: 'refunds' };

const answerSchema = z.object({ result: z.enum(['done', 'refused']) });

export interface StepRequest {
  /** As the outside knows it. */
  readonly orderId: string;
  readonly step: SagaStep;
  /** In minor units. */
  readonly amount: number;
}

/** The bank and the warehouse, over HTTP. */
export class OutsideClient {
  /** @param baseUrl asked before each call */
  constructor(private readonly baseUrl: () => string) {}

  /** Asks for a step under its derived key. Never throws: whatever is no clear answer is `unknown`, and its reason. */
  async ask({ orderId, step, amount }: StepRequest): Promise<{ readonly answer: Answer; readonly reason?: unknown }> {
    try {
      const response = await fetch(`${this.baseUrl()}/outside/${PATHS[step]}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': stepKey(orderId, step) },
        // Byte for byte the same at each attempt: another body under the same key would be refused.
        body: JSON.stringify({ orderId, amount }),
        signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
      });
      const text = await response.text();
      if (!response.ok) return { answer: 'unknown', reason: new Error(`${response.status} ${text}`) };
      return { answer: answerSchema.parse(JSON.parse(text)).result };
    } catch (reason) {
      return { answer: 'unknown', reason };
    }
  }
}
