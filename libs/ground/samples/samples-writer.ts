import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Poll } from '#ground/polling/poll';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { type SampleFlush, SamplesRepository } from './samples.repository.js';
import { Samples } from './samples.js';

const INTERVAL_MS = 10_000;
/** Samples of one statement, which then takes some 100 ms. */
const FLUSH_SAMPLES = 2_000;

/**
 * Stores the samples of this process, every ten seconds and at the end. A crash loses at most those of ten seconds. A flush
 * whose answer was lost is sent again with its number, so that nothing counts twice.
 */
@Injectable()
export class SamplesWriter {
  private readonly process = randomUUID();
  private readonly poll: Poll;
  private flushes = 0;
  /** Not sent, or sent without an answer, in the order of their numbers. */
  private readonly pending: SampleFlush[] = [];

  constructor(
    private readonly samples: Samples,
    private readonly repository: SamplesRepository,
    @InjectLogger() private readonly logger: Logger,
  ) {
    this.poll = new Poll({
      intervalMs: INTERVAL_MS,
      work: () => this.flush(),
      onError: (err) => this.logger.warn({ err }, 'Numbers over time could not be stored; retrying in 10 s'),
    });
  }

  start(): void {
    this.poll.start(INTERVAL_MS);
  }

  /** Call it when nothing is counted any more. */
  async stop(): Promise<void> {
    await this.poll.stop();
    await this.flush().catch((err: unknown) => this.logger.warn({ err }, 'The last numbers over time could not be stored, and are lost'));
  }

  /** @throws what Postgres throws; the samples stay for the next flush */
  async flush(): Promise<void> {
    await this.writePending();
    const samples = this.samples.take();
    for (let start = 0; start < samples.length; start += FLUSH_SAMPLES) {
      this.pending.push({ process: this.process, number: (this.flushes += 1), samples: samples.slice(start, start + FLUSH_SAMPLES) });
    }
    await this.writePending();
  }

  private async writePending(): Promise<void> {
    for (let [next] = this.pending; next !== undefined; [next] = this.pending) {
      await this.repository.add(next);
      this.pending.shift();
    }
  }
}
