import { Injectable } from '@nestjs/common';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import { PgPools } from '#ground/postgres/pg-pools';
import type { Database } from '#ground/postgres/pool';
import { ProcessIdentity } from '#ground/process/process-identity';
import { addSamples } from './add-samples.queries.js';
import { rollUpSamples } from './roll-up-samples.queries.js';
import type { Sample } from './samples.js';

/** A number with the ten seconds that it belongs to. */
export interface TimedSample extends Sample {
  /** Their beginning, in milliseconds since 1970. */
  readonly atMs: number;
}

/** What a process counted since its flush before, or a part of it. */
export interface SampleFlush {
  /** Ascends. A flush that is written twice counts once. */
  readonly number: number;
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

  /** Adds the numbers of a flush, once. @throws what Postgres throws; then they may be added, and the same flush adds nothing */
  async add({ number, samples, stops }: SampleFlush): Promise<void> {
    const { id, version, host, pid, startedAt } = this.identity;
    await addSamples.run({
      process: id,
      app: this.pools.app,
      version,
      host,
      pid,
      startedAt,
      number,
      stops,
      tenants: samples.map(({ tenant }) => tenant),
      dimensions: samples.map(({ dimension }) => dimension),
      names: samples.map(({ name }) => name),
      measures: samples.map(({ measure }) => measure),
      atsMs: samples.map(({ atMs }) => atMs),
      counts: samples.map(({ count }) => count),
      sums: samples.map(({ sum }) => sum),
      buckets: samples.map(({ buckets }) => `{${buckets.join()}}`),
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
}
