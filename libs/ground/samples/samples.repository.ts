import { Injectable } from '@nestjs/common';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import { PgPools } from '#ground/postgres/pg-pools';
import type { Database } from '#ground/postgres/pool';
import { ProcessIdentity } from '#ground/process/process-identity';
import { addSamples } from './add-samples.queries.js';
import { rollUpSamples } from './roll-up-samples.queries.js';
import type { Sample } from './samples.js';
import { type ISkipSamplesResult, skipSamples } from './skip-samples.queries.js';

/** A number with the ten seconds that it belongs to. */
export interface TimedSample extends Sample {
  /** Their beginning, in milliseconds since 1970. */
  readonly atMs: number;
}

/** What a process counted since its flush before, or a part of it. */
export interface SampleFlush {
  /** How many samples the process has stored before. Of two flushes with a sample in common, one counts. */
  readonly before: number;
  readonly samples: readonly TimedSample[];
  /** Whether it is the last one, because the process ends. */
  readonly stops: boolean;
}

@Injectable()
export class SamplesRepository {
  constructor(
    @InjectDatabase('housekeeping') private readonly database: Database,
    private readonly pools: PgPools,
    private readonly identity: ProcessIdentity,
  ) {}

  /** Adds the numbers of a flush, once. @throws what Postgres throws; then they may be added, and the same flush, or a part of it, adds nothing */
  async add({ before, samples, stops }: SampleFlush): Promise<void> {
    const { id, version, host, pid, startedAt } = this.identity;
    await addSamples.run({
      process: id,
      app: this.pools.app,
      version,
      host,
      pid,
      startedAt,
      before,
      after: before + samples.length,
      stops,
      rows: JSON.stringify(rowsOf(samples)),
    }, this.database);
  }

  /**
   * Adds numbers of all processes to their minutes and hours, once, when five minutes have ended.
   * @param limit rows of `recent_samples` @returns how many there were
   */
  async rollUp(limit: number): Promise<number> {
    const [row] = await rollUpSamples.run({ limit }, this.database);
    return row?.added ?? 0;
  }

  /** Leaves out the first row that `rollUp` would add. @returns which one it was */
  async skip(): Promise<ISkipSamplesResult | undefined> {
    const [row] = await skipSamples.run(undefined, this.database);
    return row;
  }
}

interface Row {
  readonly tenant: string;
  readonly dimension: string;
  readonly measure: string;
  readonly atMs: number;
  readonly names: readonly string[];
  readonly counts: readonly number[];
  readonly sums: readonly number[] | undefined;
  /** Each the text of an array in Postgres. */
  readonly buckets: readonly string[] | undefined;
}

/** One for each tenant, dimension, measure and time. */
function rowsOf(samples: readonly TimedSample[]): Row[] {
  const rows = Map.groupBy(samples, ({ tenant, dimension, measure, atMs }) => `${atMs}/${dimension}/${measure}/${tenant}`);
  return [...rows.values()].flatMap((found) => {
    const [first] = found;
    if (first === undefined) return [];
    const { tenant, dimension, measure, atMs } = first;
    const isMeasured = found.some(({ sum, buckets }) => sum !== 0 || buckets.length > 0);
    return [{
      tenant, dimension, measure, atMs,
      names: found.map(({ name }) => name),
      counts: found.map(({ count }) => count),
      sums: isMeasured ? found.map(({ sum }) => sum) : undefined,
      buckets: found.some(({ buckets }) => buckets.length > 0) ? found.map(({ buckets }) => `{${buckets.join()}}`) : undefined,
    }];
  });
}
