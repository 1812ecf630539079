import { Injectable } from '@nestjs/common';
import { OPERATIONAL_SOURCE } from '#domain/source-provider';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { acceptOperationalEvents } from './accept-operational-events.queries.js';
import { type IReadOperationalEventsResult, readOperationalEvents } from './read-operational-events.queries.js';

export type OperationalEventRow = IReadOperationalEventsResult;

/** An operational event, to be accepted. */
export interface OperationalEvent {
  readonly row: OperationalEventRow;
  /** The event's id, a UUIDv7. */
  readonly id: string;
  readonly shard: number;
  readonly payload: string;
}

@Injectable()
export class OperationalEventsRepository {
  constructor(@InjectDatabase('operational-events') private readonly database: Database) {}

  /** The first ones that are not accepted yet. @throws what Postgres throws */
  read(limit: number): Promise<OperationalEventRow[]> {
    return readOperationalEvents.run({ limit }, this.database);
  }

  /**
   * Accepts those that no other gateway has accepted, in one statement. @returns their number
   * @throws what Postgres throws; then they may be accepted, and are no longer read
   */
  async accept(events: readonly OperationalEvent[]): Promise<number> {
    const [result] = await acceptOperationalEvents.run({
      source: OPERATIONAL_SOURCE,
      rows: events.map(({ row }) => row.id),
      ids: events.map(({ id }) => id),
      shards: events.map(({ shard }) => shard),
      payloads: events.map(({ payload }) => payload),
    }, this.database);
    return result?.accepted ?? 0;
  }
}
