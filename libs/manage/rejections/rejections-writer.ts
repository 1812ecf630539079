import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SourceActivity } from '#flow/sources/source-activity';
import { Rejections } from '#ground/http/rejections';
import { Poll } from '#ground/polling/poll';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { type Flush, RejectionsRepository } from './rejections.repository.js';

const INTERVAL_MS = 2_000;

/**
 * Stores the counts of rejections, of events' duplicates and of what came to sources, every two seconds, and at the end. A
 * crash loses at most those of two seconds. A flush whose answer was lost is sent again with its number, so that nothing
 * counts twice.
 */
@Injectable()
export class RejectionsWriter {
  private readonly gateway = randomUUID();
  private readonly poll: Poll;
  private flushes = 0;
  /** Sent, without an answer. */
  private pending: Flush | undefined;

  constructor(
    private readonly rejections: Rejections,
    private readonly activity: SourceActivity,
    private readonly repository: RejectionsRepository,
    @InjectLogger() private readonly logger: Logger,
  ) {
    this.poll = new Poll({
      intervalMs: INTERVAL_MS,
      work: () => this.flush(),
      onError: (err) => this.logger.warn({ err }, 'Counts of rejections could not be stored; retrying in 2 s'),
    });
  }

  start(): void {
    this.poll.start(INTERVAL_MS);
  }

  /** Call it when no request is in flight. */
  async stop(): Promise<void> {
    await this.poll.stop();
    await this.flush().catch((err: unknown) => this.logger.warn({ err }, 'The last counts of rejections could not be stored, and are lost'));
  }

  /** @throws what Postgres throws; the counts stay for the next flush */
  async flush(): Promise<void> {
    await this.writePending();
    const [counts, duplicates, activity] = [this.rejections.take(), this.rejections.takeDuplicates(), this.activity.take()];
    if (counts.length + duplicates.length + activity.counts.length === 0) return;
    this.pending = { gateway: this.gateway, number: (this.flushes += 1), counts, duplicates, activity };
    await this.writePending();
  }

  private async writePending(): Promise<void> {
    if (this.pending === undefined) return;
    await this.repository.add(this.pending);
    this.pending = undefined;
  }
}
