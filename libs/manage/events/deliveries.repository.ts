import { type DeliveryKey, deliveryId } from '#domain/ids';
import type { Database } from '#ground/postgres/pool';
import { type IListAttemptsResult, listAttempts } from './list-attempts.queries.js';
import { type IListDeliveriesResult, listDeliveries } from './list-deliveries.queries.js';
import { listDeadLetters } from './list-dead-letters.queries.js';
import { listEndpointDeadLetters } from './list-endpoint-dead-letters.queries.js';
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

export interface DeadLetterFilter extends Omit<DeliveryFilter, 'status'> {
  readonly type: string | undefined;
  readonly from: Date | undefined;
  readonly to: Date | undefined;
}

/** Above every delivery's key. */
const NO_BOUND: DeliveryKey = { eventId: 'ffffffff-ffff-ffff-ffff-ffffffffffff', endpoint: 0, replay: 0 };

export class DeliveriesRepository {
  constructor(private readonly database: Database) {}

  /** Newest event first, after `after`. */
  async list({ entity, ...filter }: DeliveryFilter, after: DeliveryKey | undefined, limit: number): Promise<DeliveryRow[]> {
    const { eventId: event, endpoint, replay } = after ?? NO_BOUND;
    const parameters = { ...filter, event, endpoint, replay, limit };
    return entity === undefined ? listDeliveries.run(parameters, this.database) : listEntityDeliveries.run({ ...parameters, entity }, this.database);
  }

  /** Newest event first, after `after`. */
  async listDead({ endpointId, ...filter }: DeadLetterFilter, after: DeliveryKey | undefined, limit: number): Promise<DeliveryRow[]> {
    const { eventId: event, endpoint, replay } = after ?? NO_BOUND;
    const parameters = { ...filter, event, endpoint, replay, limit };
    return endpointId === undefined ? listDeadLetters.run(parameters, this.database) : listEndpointDeadLetters.run({ ...parameters, endpointId }, this.database);
  }

  async ofEvent(tenant: string, event: string): Promise<DeliveryRow[]> {
    return listEventDeliveries.run({ tenant, event }, this.database);
  }

  /** The deliveries' attempts in order, by delivery id (`dlv_…`). */
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
