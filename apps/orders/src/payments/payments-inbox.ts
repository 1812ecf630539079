import { Injectable } from '@nestjs/common';
import type { KafkaMessage } from 'kafkajs';
import { z } from 'zod';
import { parsePublicId } from '#domain/ids';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { isPoison } from '#ground/postgres/sql-errors';
import { InjectConfig } from '#ground/process/process-context';
import type { OrdersConfig } from '../orders-config.js';
import { receiveOrders } from './receive-orders.queries.js';

export interface OrderCreated {
  /** UUIDs. */
  readonly eventId: string;
  readonly orderId: string;
}

const valueSchema = z.object({ id: z.string() });

/** The event in a record of `order.created`; undefined for a foreign record. */
export function orderCreatedOf({ headers, value }: Pick<KafkaMessage, 'headers' | 'value'>): OrderCreated | undefined {
  const eventId = parsePublicId('evt', String(headers?.['ce_id'] ?? ''));
  let parsed;
  try {
    parsed = valueSchema.safeParse(JSON.parse(value?.toString() ?? ''));
  } catch {
    // Not JSON, so not ours.
    return undefined;
  }
  const orderId = parsed.success ? parsePublicId('ord', parsed.data.id) : undefined;
  return eventId === undefined || orderId === undefined ? undefined : { eventId, orderId };
}

/** The transactional inbox of payments. */
@Injectable()
export class PaymentsInbox {
  /** How long an event is remembered: twice as long as Kafka keeps it, because Kafka deletes whole segments, and late. */
  private readonly retentionMs: number;

  constructor(@InjectDatabase('inbox') private readonly database: Database, @InjectConfig() { kafka }: { readonly kafka: Pick<OrdersConfig['kafka'], 'retentionMs'> }) {
    this.retentionMs = 2 * kafka.retentionMs;
  }

  /**
   * Takes these events in. The effects of an event (the user's total, the first step of the saga) are committed once,
   * together with its inbox row. An event that Postgres refuses is left out and does not block its neighbours. Returns
   * the number of new events.
   */
  async receive<Event extends OrderCreated>(events: readonly Event[], onRefused: (event: Event, error: unknown) => void): Promise<number> {
    const [first] = events;
    if (first === undefined) return 0;
    try {
      const [result] = await receiveOrders.run({ eventIds: events.map(({ eventId }) => eventId), orderIds: events.map(({ orderId }) => orderId), retentionMs: this.retentionMs }, this.database);
      return result?.received ?? 0;
    } catch (error) {
      if (!isPoison(error)) throw error;
      if (events.length === 1) {
        onRefused(first, error);
        return 0;
      }
    }
    const half = events.length >> 1;
    return (await this.receive(events.slice(0, half), onRefused)) + (await this.receive(events.slice(half), onRefused));
  }
}
