import { Injectable } from '@nestjs/common';
import { Poll } from '#ground/polling/poll';
import { isPoison } from '#ground/postgres/sql-errors';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { samplesNotCounted } from './samples.metrics.js';
import { type SampleFlush, SamplesRepository, type TimedSample } from './samples.repository.js';
import { Samples } from './samples.js';

const STEP_MS = 10_000;
/** Samples of one statement, which then takes some 150 ms. */
const FLUSH_SAMPLES = 2_000;
/** Samples that wait while Postgres does not answer. One takes some 300 bytes, and one with a histogram up to 1.5 KB. */
const MAX_PENDING = 40_000;
/** A gauge that was not looked at for longer than this is not known. */
const MAX_GAP_MS = 6 * STEP_MS;

/**
 * Stores the samples of this process, every ten seconds and at the end. A crash loses at most those of ten seconds. A flush
 * whose answer was lost is sent again with its number, so that nothing counts twice. Samples are taken at full ten seconds by
 * the process's clock, and belong to those that have just ended: nothing looks at the clock when something is counted.
 */
@Injectable()
export class SamplesWriter {
  private readonly takes: Poll;
  private readonly writes: Poll;
  private flushes = 0;
  /** Not sent, or sent without an answer, in the order of their numbers. */
  private readonly pending: SampleFlush[] = [];
  private pendingSamples = 0;
  private takenAtMs = endedStepMs();

  constructor(
    private readonly samples: Samples,
    private readonly repository: SamplesRepository,
    @InjectLogger() private readonly logger: Logger,
  ) {
    this.takes = new Poll({
      intervalMs: msToNextStep,
      work: () => {
        this.take(false);
        this.writes.nudge();
        return Promise.resolve();
      },
      onError: (err) => this.logger.error({ err }, 'Numbers over time could not be taken from memory'),
    });
    this.writes = new Poll({
      intervalMs: STEP_MS,
      work: () => this.writePending(),
      onError: (err) => this.logger.warn({ err }, 'Numbers over time could not be stored; retrying in 10 s'),
    });
  }

  start(): void {
    // Others see the process from now on.
    this.take(false);
    this.writes.start();
    this.takes.start(msToNextStep());
  }

  /** Call it when nothing is counted any more. */
  async stop(): Promise<void> {
    await Promise.all([this.takes.stop(), this.writes.stop()]);
    this.take(true);
    await this.writePending().catch((err: unknown) => this.logger.warn({ err }, 'The last numbers over time could not be stored, and are lost'));
  }

  /** @throws what Postgres throws; the samples stay for the next flush */
  async flush(): Promise<void> {
    this.take(false);
    await this.writePending();
  }

  private take(stops: boolean): void {
    const atMs = endedStepMs();
    const { noted, gauges } = this.samples.take();
    const taken: TimedSample[] = noted.map((sample) => ({ ...sample, atMs }));
    // Each ten seconds get one value of a gauge, also if this comes late or twice.
    for (let shownMs = Math.max(this.takenAtMs + STEP_MS, atMs - MAX_GAP_MS + STEP_MS); shownMs <= atMs; shownMs += STEP_MS) {
      for (const sample of gauges) taken.push({ ...sample, atMs: shownMs });
    }
    this.takenAtMs = Math.max(this.takenAtMs, atMs);
    this.add(taken, stops);
  }

  private add(taken: readonly TimedSample[], stops: boolean): void {
    const samples = taken.slice(0, MAX_PENDING - this.pendingSamples);
    for (const { count } of taken.slice(samples.length)) samplesNotCounted.inc(count);
    for (let start = 0; start < samples.length; start += FLUSH_SAMPLES) this.push(samples.slice(start, start + FLUSH_SAMPLES), stops && start + FLUSH_SAMPLES >= samples.length);
    // Without numbers it still shows that the process runs, or ends.
    if (samples.length === 0 && (stops || this.pending.length === 0)) this.push([], stops);
  }

  private push(samples: readonly TimedSample[], stops: boolean): void {
    this.pending.push({ number: (this.flushes += 1), samples, stops });
    this.pendingSamples += samples.length;
  }

  private async writePending(): Promise<void> {
    for (let [next] = this.pending; next !== undefined; [next] = this.pending) {
      try {
        await this.repository.add(next);
      } catch (error) {
        if (!isPoison(error)) throw error;
        this.logger.error({ err: error, samples: next.samples.length }, 'Numbers over time cannot be stored, and are lost');
        for (const { count } of next.samples) samplesNotCounted.inc(count);
      }
      this.pending.shift();
      this.pendingSamples -= next.samples.length;
    }
  }
}

/** The ten seconds that have just ended, or will within five seconds: when they began. */
function endedStepMs(): number {
  const middleMs = Date.now() - STEP_MS / 2;
  return middleMs - (middleMs % STEP_MS);
}

function msToNextStep(): number {
  return STEP_MS - (Date.now() % STEP_MS);
}
