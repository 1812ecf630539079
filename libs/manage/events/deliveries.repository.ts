import { Injectable } from '@nestjs/common';
import { type DeliveryKey, deliveryId } from '#domain/ids';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { ListsDatabase, MAX_ROWS_READ } from '#manage/lists-database.module';
import { type AcceptedRange, deliveryBoundsOf } from './accepted-range.js';
import { findDelivery, type IFindDeliveryResult } from './find-delivery.queries.js';
import { type IListAttemptsResult, listAttempts } from './list-attempts.queries.js';
import { type IListDeliveriesResult, listDeliveries } from './list-deliveries.queries.js';
import { listEntityDeliveries } from './list-entity-deliveries.queries.js';
import { listEventDeliveries } from './list-event-deliveries.queries.js';
import { type IListLastAttemptsResult, listLastAttempts } from './list-last-attempts.queries.js';
import { type IListNewestAttemptsResult, listNewestAttempts } from './list-newest-attempts.queries.js';

export type DeliveryRow = IFindDeliveryResult;
export type ListedDeliveryRow = IListDeliveriesResult;
export type LastAttemptRow = IListLastAttemptsResult;
export type NewestAttemptRow = IListNewestAttemptsResult;
export type AttemptRow = IListAttemptsResult;

export interface DeliveryFilter extends AcceptedRange {
  readonly tenant: string;
  /** An endpoint's UUID. */
  readonly endpointId: string | undefined;
  readonly entity: string | undefined;
  readonly status: DeliveryRow['status'] | undefined;
}

/** A delivery's place in the order of its event's deliveries. */
export interface DeliveryPlace {
  readonly replay: number;
  readonly endpoint: number;
}

/** Bytes of response bodies that one answer may have. */
export const MAX_BODY_BYTES = 1_048_576;

@Injectable()
export class DeliveriesRepository {
  constructor(
    @InjectDatabase('api') private readonly database: Database,
    private readonly lists: ListsDatabase,
  ) {}

  /** Newest event first, after `after`. Reads a bounded number of rows, so fewer than `limit` may come (see `pageOfRead`). */
  async list({ entity, from, to, ...filter }: DeliveryFilter, after: DeliveryKey | undefined, limit: number): Promise<ListedDeliveryRow[]> {
    const parameters = { ...filter, from, to, ...deliveryBoundsOf({ from, to }, after), mostRead: MAX_ROWS_READ, limit };
    const database = this.lists.of(filter.tenant, 'give `entity`, or a smaller range of `from` and `to`');
    return entity === undefined ? listDeliveries.run(parameters, database) : listEntityDeliveries.run({ ...parameters, entity }, database);
  }

  /** In the order of routing, then replays, after `after`. */
  async ofEvent(tenant: string, event: string, { replay, endpoint }: DeliveryPlace, limit: number): Promise<DeliveryRow[]> {
    return listEventDeliveries.run({ tenant, event, afterReplay: replay, afterEndpoint: endpoint, limit }, this.database);
  }

  async find(tenant: string, key: DeliveryKey): Promise<DeliveryRow | undefined> {
    return (await findDelivery.run({ tenant, ...key }, this.database))[0];
  }

  /** The last attempt of each of these deliveries, by delivery id (`dlv_…`). */
  async lastAttemptsOf(deliveries: readonly DeliveryRow[]): Promise<Map<string, LastAttemptRow>> {
    const attempted = deliveries.filter(({ attempts }) => attempts > 0);
    if (attempted.length === 0) return new Map();
    const rows = await listLastAttempts.run({ ...keysOf(attempted), numbers: attempted.map(({ attempts }) => attempts) }, this.database);
    return new Map(rows.map((row) => [deliveryId(row), row]));
  }

  /** The newest attempts of each of these deliveries, in order, by delivery id. Bodies beyond `MAX_BODY_BYTES` are left out. */
  async newestAttemptsOf(deliveries: readonly DeliveryRow[], most: number): Promise<Map<string, NewestAttemptRow[]>> {
    if (deliveries.length === 0) return new Map();
    const rows = await listNewestAttempts.run({ ...keysOf(deliveries), most, bodyBytes: MAX_BODY_BYTES }, this.database);
    return Map.groupBy(rows, deliveryId);
  }

  /** Attempts of one delivery before a number, newest first; fewer than `limit` if their bodies exceed `MAX_BODY_BYTES`. */
  async attemptsBefore(key: DeliveryKey, before: number, limit: number): Promise<AttemptRow[]> {
    return listAttempts.run({ ...key, before, limit, bodyBytes: MAX_BODY_BYTES }, this.database);
  }
}

function keysOf(deliveries: readonly DeliveryRow[]): { eventIds: string[]; endpoints: number[]; replays: number[] } {
  return {
    eventIds: deliveries.map(({ eventId }) => eventId),
    endpoints: deliveries.map(({ endpoint }) => endpoint),
    replays: deliveries.map(({ replay }) => replay),
  };
}
