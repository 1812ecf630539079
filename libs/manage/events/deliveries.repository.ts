import { Injectable } from '@nestjs/common';
import { type DeliveryKey, deliveryId } from '#domain/ids';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { type IListAttemptsResult, listAttempts } from './list-attempts.queries.js';
import { type IListDeliveriesResult, listDeliveries } from './list-deliveries.queries.js';
import { listEntityDeliveries } from './list-entity-deliveries.queries.js';
import { listEventDeliveries } from './list-event-deliveries.queries.js';

export type DeliveryRow = IListDeliveriesResult;

export interface DeliveryFilter {
  readonly tenant: string;
  /** An endpoint's UUID. */
  readonly endpointId: string | undefined;
  readonly entity: string | undefined;
  readonly status: DeliveryRow['status'] | undefined;
}

/** Above the key of every delivery. */
export const HIGHEST_DELIVERY: DeliveryKey = { eventId: 'ffffffff-ffff-ffff-ffff-ffffffffffff', endpoint: 0, replay: 0 };

@Injectable()
export class DeliveriesRepository {
  constructor(@InjectDatabase('api') private readonly database: Database) {}

  /** Newest event first, after `after`. */
  async list({ entity, ...filter }: DeliveryFilter, after: DeliveryKey | undefined, limit: number): Promise<DeliveryRow[]> {
    const { eventId: event, endpoint, replay } = after ?? HIGHEST_DELIVERY;
    const parameters = { ...filter, event, endpoint, replay, limit };
    return entity === undefined ? listDeliveries.run(parameters, this.database) : listEntityDeliveries.run({ ...parameters, entity }, this.database);
  }

  async ofEvent(tenant: string, event: string): Promise<DeliveryRow[]> {
    return listEventDeliveries.run({ tenant, event }, this.database);
  }

  /** Attempts of these deliveries in order, by delivery id (`dlv_…`). */
  async attemptsOf(deliveries: readonly DeliveryRow[]): Promise<Map<string, IListAttemptsResult[]>> {
    if (deliveries.length === 0) return new Map();
    const rows = await listAttempts.run(
      {
        eventIds: deliveries.map(({ eventId }) => eventId),
        endpoints: deliveries.map(({ endpoint }) => endpoint),
        replays: deliveries.map(({ replay }) => replay),
      },
      this.database,
    );
    return Map.groupBy(rows, deliveryId);
  }
}
