import { Injectable } from '@nestjs/common';
import { toPublicId } from '#domain/ids';
import { Poll } from '#ground/polling/poll';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { stepAnswers } from '../orders.metrics.js';
import { CALL_TIMEOUT_MS, OutsideClient } from './outside-client.js';
import { advance, retryDelayMs } from './saga.js';
import { type DueStep, StepsRepository } from './steps.repository.js';

/** Steps at once: each is a call, and a connection of Postgres' for a moment. */
const AT_ONCE = 16;
/** Between looks for what other processes began or left behind; what happens here comes with a nudge. */
const INTERVAL_MS = 500;
/** Longer than a call takes, so that two processes rarely ask at once. When they do, the key lets one through. */
const LEASE_MS = CALL_TIMEOUT_MS + 2_000;

/** Takes sagas from step to step. As many processes as you like: they share the steps, and repeat only what is safe. */
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
      onError: (err) => logger.warn({ err }, 'Steps that are due could not be read; trying again'),
    });
  }

  start(): void {
    this.poll.start();
  }

  /** A saga has begun. */
  nudge(): void {
    this.poll.nudge();
  }

  /** Resolves when the calls under way are through; what they could not store is asked again by whoever comes next. */
  async stop(): Promise<void> {
    await this.poll.stop();
  }

  private async work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const due = await this.steps.claim(AT_ONCE, LEASE_MS);
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
        this.logger.warn({ err: reason, orderId, step, attempts }, 'A step has no clear answer; it is asked again under the same key');
        await this.steps.postpone(due, retryDelayMs(attempts));
      }
    } catch (err) {
      this.logger.warn({ err, orderId, step }, "A step's answer could not be stored; it is asked again under the same key");
    }
  }
}
