import { Injectable } from '@nestjs/common';
import { toPublicId } from '#domain/ids';
import { Poll } from '#ground/polling/poll';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { stepAnswers } from '../orders.metrics.js';
import { CALL_TIMEOUT_MS, OutsideClient } from './outside-client.js';
import { advance, retryDelayMs } from './saga.js';
import { type DueStep, StepsRepository } from './steps.repository.js';

/** Steps in progress: each is a call, and needs a connection to Postgres for a moment. */
const CONCURRENCY = 16;
/** Between polls for steps that other processes began or left behind. This process nudges the poll. */
const INTERVAL_MS = 500;
/** Longer than a call, so that two processes rarely ask for a step at once. If they do, the key lets one through. */
const LEASE_MS = CALL_TIMEOUT_MS + 2_000;

/** Runs the steps of sagas. Any number of processes share the steps, and repeat only under the key of the first attempt. */
@Injectable()
export class SagaRunner {
  private readonly poll: Poll;

  constructor(
    private readonly steps: StepsRepository,
    private readonly outside: OutsideClient,
    @InjectLogger() private readonly logger: Logger,
  ) {
    this.poll = new Poll({
      work: (signal) => this.work(signal),
      intervalMs: INTERVAL_MS,
      onError: (err) => logger.warn({ err }, 'Due steps could not be read; trying again'),
    });
  }

  start(): void {
    this.poll.start();
  }

  /** A saga has begun: poll now. */
  nudge(): void {
    this.poll.nudge();
  }

  /** Resolves when the calls in progress have ended. Another process repeats the steps whose answer they could not store. */
  async stop(): Promise<void> {
    await this.poll.stop();
  }

  private async work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const due = await this.steps.claim(CONCURRENCY, LEASE_MS);
      if (due.length === 0) return;
      await Promise.all(due.map((step) => this.run(step)));
    }
  }

  private async run(due: DueStep): Promise<void> {
    const { step, attempts, amount } = due;
    const orderId = toPublicId('ord', due.orderId);
    const { answer, reason } = await this.outside.ask({ orderId, step, amount });
    stepAnswers.inc({ step, answer });
    try {
      const result = advance(step, answer);
      if (result.kind === 'settled') await this.steps.settle(due, result);
      else {
        this.logger.warn({ err: reason, orderId, step, attempts }, 'A step has no clear answer; repeating it under the same key');
        await this.steps.postpone(due, retryDelayMs(attempts));
      }
    } catch (err) {
      this.logger.warn({ err, orderId, step }, "A step's answer could not be stored; repeating it under the same key");
    }
  }
}
