import { Injectable } from '@nestjs/common';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { ListsDatabase, MAX_ROWS_READ } from '#manage/lists-database.module';
import { type AcceptedRange, idsIn } from './accepted-range.js';
import { eventExists } from './event-exists.queries.js';
import { getEvent, type IGetEventResult } from './get-event.queries.js';
import { type IListEventsResult, listEvents } from './list-events.queries.js';
import { listEntityEvents } from './list-entity-events.queries.js';

export type EventRow = IListEventsResult;
export type EventDetailRow = IGetEventResult;

export interface EventFilter extends AcceptedRange {
  readonly tenant: string;
  readonly entity: string | undefined;
  readonly type: string | undefined;
  /** The name that the source had when it got the event; `api` for posted ones. */
  readonly source: string | undefined;
  /** Admitted events only, or only others; undefined matches all. */
  readonly admitted: boolean | undefined;
}

const BEGINNING = new Date(0);
const END = new Date('9999-12-31T00:00:00Z');

@Injectable()
export class EventsRepository {
  constructor(
    @InjectDatabase('api') private readonly database: Database,
    private readonly lists: ListsDatabase,
  ) {}

  /** Newest id first, below `before`. Reads a bounded number of rows, so fewer than `limit` may come (see `pageOfRead`). */
  async list({ from, to, entity, ...filter }: EventFilter, before: string | undefined, limit: number): Promise<EventRow[]> {
    const { firstId, endId } = idsIn({ from, to });
    const parameters = {
      ...filter,
      from: firstId,
      // For lower-case UUIDs the order of texts is Postgres' order of uuids.
      before: before !== undefined && before < endId ? before : endId,
      acceptedFrom: from ?? BEGINNING,
      acceptedTo: to ?? END,
      mostRead: MAX_ROWS_READ,
      limit,
    };
    const database = this.lists.of(filter.tenant, 'give `entity`, or a smaller range of `from` and `to`');
    return entity === undefined ? listEvents.run(parameters, database) : listEntityEvents.run({ ...parameters, entity }, database);
  }

  async exists(tenant: string, id: string): Promise<boolean> {
    return (await eventExists.run({ tenant, id }, this.database)).length > 0;
  }

  async find(tenant: string, id: string): Promise<EventDetailRow | undefined> {
    const [row] = await getEvent.run({ tenant, id }, this.database);
    return row;
  }
}
