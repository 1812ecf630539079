import { Injectable } from '@nestjs/common';
import { LockstepError } from '#domain/problem';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { readFilter } from './read-filter.queries.js';

/** A filter as Postgres reads it. */
export type ReadFilter =
  /** Its canonical form: members and texts are quoted, numbers have no exponent. */
  | { readonly path: string }
  /** In Postgres's words. */
  | { readonly problem: string };

@Injectable()
export class FiltersRepository {
  constructor(@InjectDatabase('api') private readonly database: Database) {}

  async read(filter: string): Promise<ReadFilter> {
    try {
      const [row] = await readFilter.run({ filter }, this.database);
      if (row === undefined) throw new Error('Postgres does not say how it reads the filter');
      return row.path === null ? { problem: row.problem ?? 'not readable' } : { path: row.path };
    } catch (error) {
      // A number that is out of range.
      if (error instanceof LockstepError && error.code === 'invalid_request') return { problem: error.message };
      throw error;
    }
  }
}
