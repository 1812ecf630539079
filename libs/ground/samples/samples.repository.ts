import { Injectable } from '@nestjs/common';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { addSamples } from './add-samples.queries.js';
import type { Sample } from './samples.js';

/** What a process counted since its flush before, or a part of it. */
export interface SampleFlush {
  /** The process's id. */
  readonly process: string;
  /** Ascends. A flush that is written twice counts once. */
  readonly number: number;
  readonly samples: readonly Sample[];
}

@Injectable()
export class SamplesRepository {
  constructor(@InjectDatabase('housekeeping') private readonly database: Database) {}

  /** Adds the numbers of a flush, once. @throws what Postgres throws; then they may be added, and the same flush adds nothing */
  async add({ process, number, samples }: SampleFlush): Promise<void> {
    await addSamples.run({
      process,
      number,
      subjects: samples.map(({ subject }) => subject),
      measures: samples.map(({ measure }) => measure),
      minutesMs: samples.map(({ minuteMs }) => minuteMs),
      counts: samples.map(({ count }) => count),
      sums: samples.map(({ sum }) => sum),
      buckets: samples.map(({ buckets }) => `{${buckets.join()}}`),
    }, this.database);
  }
}
