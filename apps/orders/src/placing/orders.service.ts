import { Injectable } from '@nestjs/common';
import type pg from 'pg';
import { mintId, parsePublicId, toPublicId } from '#domain/ids';
import { LockstepError } from '#domain/problem';
import { answering } from '#ground/postgres/answering-database';
import { databaseOf } from '#ground/postgres/pool';
import { slotOf } from './order-outbox.js';
import type { NewOrder, Order } from './order.schema.js';
import { OrdersRepository, type StoredOrder } from './orders.repository.js';

/** Places orders and reads them. */
@Injectable()
export class OrdersService {
  constructor(private readonly orders: OrdersRepository) {}

  /**
   * Writes an order and its event on the connection whose transaction also commits the idempotency key. The event's key is
   * the user, so payments get a user's orders in order.
   * @throws LockstepError store_unavailable
   */
  async place({ userId, amount }: NewOrder, client: pg.ClientBase): Promise<Order> {
    const stored: StoredOrder = { id: mintId(), userId, amount, status: 'created', createdAt: new Date() };
    const order = shown(stored);
    const event = { eventId: mintId(), slot: slotOf(userId), value: Buffer.from(JSON.stringify(order)) };
    await this.orders.place(stored, event, answering(databaseOf(client)));
    return order;
  }

  /** @throws LockstepError not_found */
  async get(id: string): Promise<Order> {
    const uuid = parsePublicId('ord', id);
    const stored = uuid === undefined ? undefined : await this.orders.read(uuid);
    if (stored === undefined) throw new LockstepError('not_found', `There is no order ${id}`);
    return shown(stored);
  }
}

function shown({ id, createdAt, ...order }: StoredOrder): Order {
  return { id: toPublicId('ord', id), ...order, createdAt: createdAt.toISOString() };
}
