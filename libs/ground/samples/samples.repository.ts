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
}

interface Row {
  readonly tenant: string;
  readonly dimension: string;
  readonly atMs: number;
  readonly names: string[];
  readonly measures: string[];
  readonly counts: number[];
  readonly sums: number[];
  /** Each the text of an array in Postgres. */
  readonly buckets: string[];
}

/** One for each tenant, dimension and time. */
function rowsOf(samples: readonly TimedSample[]): Row[] {
  const rows = new Map<string, Row>();
  for (const { tenant, dimension, atMs, name, measure, count, sum, buckets } of samples) {
    const key = `${atMs}/${dimension}/${tenant}`;
    const row = rows.get(key) ?? { tenant, dimension, atMs, names: [], measures: [], counts: [], sums: [], buckets: [] };
    rows.set(key, row);
    row.names.push(name);
    row.measures.push(measure);
    row.counts.push(count);
    row.sums.push(sum);
    row.buckets.push(`{${buckets.join()}}`);
  }
  return [...rows.values()];
}
