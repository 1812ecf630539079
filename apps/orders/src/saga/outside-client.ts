import type { AddressInfo } from 'node:net';
import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { z } from 'zod';
import { type Answer, type SagaStep, stepKey } from './saga.js';

/** Longer than a bank takes. After it the answer is unknown. */
export const CALL_TIMEOUT_MS = 3_000;

const PATHS: Readonly<Record<SagaStep, string>> = { payment: 'payments', shipment: 'shipments', refund: 'refunds' };

const answerSchema = z.object({ result: z.enum(['done', 'refused']) });

export interface StepRequest {
  /** The public id. */
  readonly orderId: string;
  readonly step: SagaStep;
  /** In minor units. */
  readonly amount: number;
}

/** The bank and the warehouse, over HTTP. In the example this process is both. */
@Injectable()
export class OutsideClient {
  constructor(private readonly http: HttpAdapterHost<FastifyAdapter>) {}

  /** Asks for a step under its derived key. Never throws: without a clear answer it returns `unknown` and the reason. */
  async ask({ orderId, step, amount }: StepRequest): Promise<{ readonly answer: Answer; readonly reason?: unknown }> {
    try {
      const response = await fetch(`${this.ownUrl()}/outside/${PATHS[step]}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': stepKey(orderId, step) },
        // The same bytes in each attempt: another body under the same key would be refused.
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

  private ownUrl(): string {
    const { address, family, port } = this.http.httpAdapter.getHttpServer().address() as AddressInfo;
    // All interfaces include loopback.
    if (address === '0.0.0.0' || address === '::') return `http://127.0.0.1:${port}`;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  }
}
