import { Injectable } from '@nestjs/common';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { ListsDatabase } from '#manage/lists-database.module';
import { deleteEventType, type IDeleteEventTypeParams } from './delete-event-type.queries.js';
import { findEventType, type IFindEventTypeResult } from './find-event-type.queries.js';
import { type IListEventTypesResult, listEventTypes } from './list-event-types.queries.js';
import { type IPutEventTypeParams, putEventType } from './put-event-type.queries.js';

export type EventTypeRow = IFindEventTypeResult;
type ListedEventTypeRow = IListEventTypesResult;

/** Event types of a tenant. Every gateway has their names in memory, at some 200 bytes each. */
export const MAX_EVENT_TYPES = 1_000;
/** Above every narrow key. */
const NO_BOUND = 2_147_483_647;
/** Of the texts in one page. */
const PAGE_BYTES = 1_048_576;

/** Event types in Postgres. */
@Injectable()
export class EventTypesRepository {
  constructor(
    @InjectDatabase('api') private readonly database: Database,
    private readonly lists: ListsDatabase,
  ) {}

  /** Returns undefined if it does not exist and the tenant has `MAX_EVENT_TYPES`. */
  async put(row: Omit<IPutEventTypeParams, 'most'>): Promise<EventTypeRow | undefined> {
    return (await putEventType.run({ ...row, most: MAX_EVENT_TYPES }, this.database))[0];
  }

  async find(tenant: string, name: string): Promise<EventTypeRow | undefined> {
    return (await findEventType.run({ tenant, name }, this.database))[0];
  }

  /** Newest first; fewer than `limit` if their texts exceed 1 MiB. */
  async list(tenant: string, before: number | undefined, limit: number): Promise<ListedEventTypeRow[]> {
    return listEventTypes.run({ tenant, before: before ?? NO_BOUND, limit, bytes: PAGE_BYTES }, this.lists.of(tenant, 'give a lower `limit`'));
  }

  /** Returns whether it existed. */
  async delete(deletion: IDeleteEventTypeParams): Promise<boolean> {
    return (await deleteEventType.run(deletion, this.database)).length > 0;
  }
}
