import { Injectable } from '@nestjs/common';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { getEvent, type IGetEventResult } from './get-event.queries.js';
import { type IListEventsResult, listEvents } from './list-events.queries.js';
import { listEntityEvents } from './list-entity-events.queries.js';

export type EventRow = IListEventsResult;
export type EventDetailRow = IGetEventResult;

export interface EventFilter {
  readonly tenant: string;
  readonly entity: string | undefined;
  readonly type: string | undefined;
  /** Admitted events only, or only others; undefined matches all. */
  readonly admitted: boolean | undefined;
  /** Accepted at or after. */
  readonly from: Date | undefined;
  /** Accepted before. */
  readonly to: Date | undefined;
}

/** Largest difference between the clocks of gateways (ids) and database (`accepted_at`) that the filters allow for. */
const CLOCK_SKEW_MS = 3_600_000;
const BEGINNING = new Date(0);
const END = new Date('9999-12-31T00:00:00Z');
const HIGHEST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

@Injectable()
export class EventsRepository {
  constructor(@InjectDatabase('api') private readonly database: Database) {}

  /** Newest id first, below `before`. */
  async list({ from = BEGINNING, to = END, entity, ...filter }: EventFilter, before: string | undefined, limit: number): Promise<EventRow[]> {
    const upper = uuidFloor(to.getTime() + CLOCK_SKEW_MS);
    const parameters = {
      ...filter,
      from: uuidFloor(from.getTime() - CLOCK_SKEW_MS),
      // For lower-case UUIDs the order of texts is Postgres' order of uuids.
      before: before !== undefined && before < upper ? before : upper,
      acceptedFrom: from,
      acceptedTo: to,
      limit,
    };
    return entity === undefined ? listEvents.run(parameters, this.database) : listEntityEvents.run({ ...parameters, entity }, this.database);
  }

  async find(tenant: string, id: string): Promise<EventDetailRow | undefined> {
    const [row] = await getEvent.run({ tenant, id }, this.database);
    return row;
  }
}

/** The smallest UUIDv7 of a moment, as `uuid_floor` in the schema. It excludes partitions without a match. */
function uuidFloor(timeMs: number): string {
  const hex = Math.max(timeMs, 0).toString(16).padStart(12, '0');
  return hex.length > 12 ? HIGHEST_ID : `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}
