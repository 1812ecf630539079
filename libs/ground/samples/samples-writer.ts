import { Injectable } from '@nestjs/common';
import { Poll } from '#ground/polling/poll';
import { withinMs } from '#ground/polling/within-ms';
import { isPoison, isTimeout } from '#ground/postgres/sql-errors';
import { StatementSize } from '#ground/postgres/statement-size';
import { InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { samplesNotCounted } from './samples.metrics.js';
import { type SampleFlush, SamplesRepository, type TimedSample } from './samples.repository.js';
import { type SampleDimension, Samples } from './samples.js';

const STEP_MS = 10_000;
/** Samples of one statement, which then takes some 60 ms. */
const FLUSH_SAMPLES = 10_000;
/** Samples that wait while Postgres does not answer. One takes some 300 bytes, and one with a histogram up to 1.5 KB. */
const MAX_PENDING = 40_000;
/** When there are more: the most important ones first. */
const RANKS: Readonly<Record<SampleDimension, number>> = { tenant: 0, source: 1, type: 2, endpoint: 3 };
/** A gauge that was not looked at for longer than this is not known. */
const MAX_GAP_MS = 6 * STEP_MS;
const ROLL_UP_INTERVAL_MS = 60_000;
/** Rows of a first statement: those of one measure of a tenant's endpoints in five minutes, by four processes. */
const ROLL_UP_ROWS = 120;
/** Of many small tenants, for which a statement costs more than its rows. `StatementSize` would find it only by statements that exceed their time. */
const MOST_ROLL_UP_ROWS = 2_000;
const SHORT_ROLL_UP_MS = 200;
/** A process that ends waits for Postgres no longer: then traces and pools take up to 1.5 s of the 2.5 s that it has. */
const STOP_LIMIT_MS = 500;

type Pending = Omit<SampleFlush, 'before'>;

/**
 * Stores the samples of this process, every ten seconds and at the end. A crash loses at most those of ten seconds. A flush
 * whose answer was lost is sent again from the same place, so that nothing counts twice. Samples are taken at full ten seconds
 * by the process's clock, and belong to those that have just ended: nothing looks at the clock when something is counted. Every
 * five minutes one of the processes adds those of all of them to their minutes and hours.
 */
@Injectable()
export class SamplesWriter {
  private readonly takes: Poll;
  private readonly writes: Poll;
  private readonly rollUps: Poll;
  private readonly rollUpSize = new StatementSize();
  private rollUpRows = ROLL_UP_ROWS;
  /** Samples that Postgres has acknowledged. */
  private stored = 0;
  /** What comes after them, oldest first. Of the first one it is not known whether Postgres has it. */
  private readonly pending: Pending[] = [];
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
      work: (signal) => this.writePending(signal),
      onError: (err) => this.logger.warn({ err }, 'Numbers over time could not be stored; retrying in 10 s'),
    });
    this.rollUps = new Poll({
      intervalMs: ROLL_UP_INTERVAL_MS,
      work: (signal) => this.rollUp(signal),
      onError: (err) => this.logger.warn({ err }, 'Numbers over time could not be added to their minutes and hours; retrying in a minute'),
    });
  }

  start(): void {
    // Others see the process from now on.
    this.take(false);
    this.writes.start();
    this.takes.start(msToNextStep());
    this.rollUps.start();
  }

  /** Call it when nothing is counted any more. It takes at most half a second. */
  async stop(): Promise<void> {
    try {
      const ended = await withinMs(STOP_LIMIT_MS, Promise.all([this.writeLast(), this.rollUps.stop()]));
      if (ended === undefined) this.logger.warn({ limitMs: STOP_LIMIT_MS }, 'Postgres does not answer: the last numbers over time may be lost');
    } catch (error) {
      this.logger.warn({ err: error }, 'The last numbers over time could not be stored, and are lost');
    }
  }

  /** @throws what Postgres throws; the samples stay for the next flush */
  async flush(): Promise<void> {
    this.take(false);
    await this.writePending();
  }

  /** Adds to minutes and hours what is to be added now. @throws what Postgres throws; nothing is added twice */
  async rollUp(signal?: AbortSignal): Promise<void> {
    for (let hasMore = true; hasMore && signal?.aborted !== true; ) {
      const limit = this.rollUpSize.of(this.rollUpRows);
      const startedMs = performance.now();
      hasMore = (await this.rollUpSize.run(limit, () => this.rollUpRowsOf(limit), (added) => added)) === limit;
      const isShort = performance.now() - startedMs < SHORT_ROLL_UP_MS;
      if (hasMore) this.rollUpRows = isShort ? Math.min(MOST_ROLL_UP_ROWS, this.rollUpRows * 2) : ROLL_UP_ROWS;
    }
  }

  /** @returns `limit` if there may be more */
  private async rollUpRowsOf(limit: number): Promise<number> {
    try {
      return await this.repository.rollUp(limit);
    } catch (error) {
      if (!isPoison(error)) throw error;
      if (limit === 1) {
        const row = await this.repository.skip();
        this.logger.error({ err: error, ...row }, 'Numbers over time of ten seconds cannot be added to their minute and hour, and are missing there');
      } else await this.rollUpRowsOf(Math.floor(limit / 2));
      return limit;
    }
  }

  private async writeLast(): Promise<void> {
    await Promise.all([this.takes.stop(), this.writes.stop()]);
    this.take(true);
    await this.writePending();
  }

  private take(stops: boolean): void {
    const atMs = endedStepMs();
    const { noted, gauges } = this.samples.take(atMs);
    const taken: TimedSample[] = noted.map((sample) => ({ ...sample, atMs }));
    // Each ten seconds get one value of a gauge, also if this comes late or twice.
    for (let shownMs = Math.max(this.takenAtMs + STEP_MS, atMs - MAX_GAP_MS + STEP_MS); shownMs <= atMs; shownMs += STEP_MS) {
      for (const sample of gauges) taken.push({ ...sample, atMs: shownMs });
    }
    this.takenAtMs = Math.max(this.takenAtMs, atMs);
    this.add(taken.sort((a, b) => RANKS[a.dimension] - RANKS[b.dimension]), stops);
  }

  private add(taken: readonly TimedSample[], stops: boolean): void {
    const samples = taken.slice(0, MAX_PENDING - this.pendingSamples);
    for (const { count } of taken.slice(samples.length)) samplesNotCounted.inc(count);
    for (let start = 0; start < samples.length; start += FLUSH_SAMPLES) this.push(samples.slice(start, start + FLUSH_SAMPLES), stops && start + FLUSH_SAMPLES >= samples.length);
    // Without numbers it still shows that the process runs, or ends.
    if (samples.length === 0 && (stops || this.pending.length === 0)) this.push([], stops);
  }

  private push(samples: readonly TimedSample[], stops: boolean): void {
    this.pending.push({ samples, stops });
    this.pendingSamples += samples.length;
  }

  private async writePending(signal?: AbortSignal): Promise<void> {
    for (let [next] = this.pending; next !== undefined && signal?.aborted !== true; [next] = this.pending) {
      const { samples, stops } = next;
      try {
        await this.repository.add({ before: this.stored, samples, stops });
        this.stored += samples.length;
      } catch (error) {
        if (isTimeout(error) && samples.length > 1) this.halve(next);
        if (!isPoison(error)) throw error;
        this.logger.error({ err: error, samples: samples.length }, 'Numbers over time cannot be stored, and are lost');
        for (const { count } of samples) samplesNotCounted.inc(count);
      }
      this.pending.shift();
      this.pendingSamples -= samples.length;
    }
  }

  /** The first one exceeded its time: two smaller ones may not. */
  private halve({ samples, stops }: Pending): void {
    const middle = Math.ceil(samples.length / 2);
    this.pending.splice(0, 1, { samples: samples.slice(0, middle), stops: false }, { samples: samples.slice(middle), stops });
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
