import { Injectable } from '@nestjs/common';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { findSchema } from './find-schema.queries.js';
import { type ILoadEventTypesResult, loadEventTypes } from './load-event-types.queries.js';
import { type ILoadTypePoliciesResult, loadTypePolicies } from './load-type-policies.queries.js';

/** Rows in one statement: some 10 ms. */
const PAGE = 5_000;

/** Event types as gateways read them. */
@Injectable()
export class EventTypesReader {
  constructor(@InjectDatabase('event-types') private readonly database: Database) {}

  async *changedTypes(since: string): AsyncGenerator<readonly ILoadEventTypesResult[]> {
    for (let after = 0; ; ) {
      const rows = await loadEventTypes.run({ since, after, limit: PAGE }, this.database);
      yield rows;
      if (rows.length < PAGE) return;
      after = rows.at(-1)?.id ?? after;
    }
  }

  async *changedPolicies(since: string): AsyncGenerator<readonly ILoadTypePoliciesResult[]> {
    for (let after = ''; ; ) {
      const rows = await loadTypePolicies.run({ since, after, limit: PAGE }, this.database);
      yield rows;
      if (rows.length < PAGE) return;
      after = rows.at(-1)?.id ?? after;
    }
  }

  /** The newest version of a schema; undefined if events are no longer checked against it. */
  async schemaOf(id: number): Promise<string | undefined> {
    return (await findSchema.run({ id }, this.database))[0]?.schema;
  }
}
