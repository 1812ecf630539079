import { Injectable } from '@nestjs/common';
import { bucketOf } from '#domain/log-histogram';
import { samplesNotCounted } from './samples.metrics.js';

/** What was counted or measured of one subject in one minute. */
export interface Sample {
  /** What it is about, such as `endpoint/17`. */
  readonly subject: string;
  /** What is counted or measured, such as `attempts.2xx` or `latency`. */
  readonly measure: string;
  /** The beginning of the minute, in milliseconds since 1970. */
  readonly minuteMs: number;
  readonly count: number;
  /** Of the values that were measured; 0 for counts. */
  readonly sum: number;
  /** The values that were measured, as `log-histogram` has them; empty for counts. */
  readonly buckets: readonly number[];
}

interface OpenSample extends Sample {
  count: number;
  sum: number;
  readonly buckets: number[];
}

const MINUTE_MS = 60_000;
/** Some 10,000 endpoints with four measures each. A sample takes some 300 bytes, and one with a histogram up to 1.5 KB. */
const MAX_SAMPLES = 40_000;

/**
 * Counts and measures in memory, by subject and minute, until it is taken. Its memory is bounded: beyond 40,000 subjects,
 * measures and minutes, further ones are not noted.
 */
@Injectable()
export class Samples {
  private open = new Map<string, OpenSample>();

  /** Notes that something happened, `times` times. */
  count(subject: string, measure: string, times = 1): void {
    const sample = this.sampleOf(subject, measure);
    if (sample === undefined) return samplesNotCounted.inc(times);
    sample.count += times;
  }

  /** Notes a value, such as a duration in milliseconds. */
  measure(subject: string, measure: string, value: number): void {
    const sample = this.sampleOf(subject, measure);
    if (sample === undefined) return samplesNotCounted.inc();
    sample.count += 1;
    sample.sum += value;
    const bucket = bucketOf(value);
    while (sample.buckets.length <= bucket) sample.buckets.push(0);
    sample.buckets[bucket] = (sample.buckets[bucket] ?? 0) + 1;
  }

  /** Returns what was noted since the last call. */
  take(): readonly Sample[] {
    if (this.open.size === 0) return [];
    const taken = [...this.open.values()];
    this.open = new Map();
    return taken;
  }

  private sampleOf(subject: string, measure: string): OpenSample | undefined {
    const nowMs = Date.now();
    const minuteMs = nowMs - (nowMs % MINUTE_MS);
    const place = `${minuteMs} ${measure} ${subject}`;
    const known = this.open.get(place);
    if (known !== undefined || this.open.size >= MAX_SAMPLES) return known;
    const sample: OpenSample = { subject, measure, minuteMs, count: 0, sum: 0, buckets: [] };
    this.open.set(place, sample);
    return sample;
  }
}
