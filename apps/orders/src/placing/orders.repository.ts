import { Injectable } from '@nestjs/common';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import type { Order } from './order.schema.js';
import { orderOutboxDepth } from './order-outbox-depth.queries.js';
import { placeOrder } from './place-order.queries.js';
import { readOrder } from './read-order.queries.js';

/** An order as stored, with a UUID as id. */
export type StoredOrder = Omit<Order, 'createdAt'> & { readonly createdAt: Date };

export interface OrderEvent {
  readonly eventId: string;
  /** From `slotOf`. */
  readonly slot: number;
  readonly value: Buffer;
}

/** Orders and their events. */
@Injectable()
export class OrdersRepository {
  constructor(@InjectDatabase('orders') private readonly database: Database) {}

  /** @param database the connection whose transaction claims the key */
  async place(order: StoredOrder, event: OrderEvent, database: Database): Promise<void> {
    await placeOrder.run({ ...order, ...event }, database);
  }

  async read(id: string): Promise<StoredOrder | undefined> {
    const [order] = await readOrder.run({ id }, this.database);
    return order;
  }

  /** How many orders wait for Kafka; undefined when Postgres does not answer. */
  async countWaiting(): Promise<number | undefined> {
    const [row] = await orderOutboxDepth.run(undefined, this.database).catch(() => []);
    return row?.depth;
  }
}
