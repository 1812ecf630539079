import { Injectable } from '@nestjs/common';
import { toPublicId } from '#domain/ids';
import { partitionOf } from '#domain/shard';
import { Topics } from '#ground/kafka/topics';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { InjectConfig } from '#ground/process/process-context';
import { READ_BOUNDS, type RelayRow, type RelaySource } from '#flow/relay/relay-source';
import { ORDER_CREATED } from '../order-topic.js';
import type { OrdersConfig } from '../orders-config.js';
import { readOrderOutbox } from './read-order-outbox.queries.js';

/**
 * A user's events wait for the relay in a slot. Rows name no partition, because they outlive the configuration: a topic
 * can turn out to have fewer partitions. Never change this number. In a topic with more partitions some stay empty.
 */
const SLOTS = 64;

/** The slot of a user's events, from 0 to 63. */
export function slotOf(userId: string): number {
  return partitionOf(userId, SLOTS);
}

export interface OrderRow extends RelayRow {
  readonly slot: number;
}

/** The events of committed orders, for the relay. */
@Injectable()
export class OrderOutbox implements RelaySource<OrderRow> {
  private readonly topic: string;
  /** Their number. Slots are assigned to them round robin. */
  private readonly partitions: number;

  constructor(@InjectDatabase('relay') private readonly database: Database, topics: Topics, @InjectConfig() { kafka }: Pick<OrdersConfig, 'kafka'>) {
    this.topic = topics.named(ORDER_CREATED);
    this.partitions = kafka.partitions;
  }

  async next(shards: readonly number[], moved: readonly OrderRow[]): Promise<readonly OrderRow[]> {
    const { rowsPerShard, rows: maxRows } = READ_BOUNDS;
    const slots = Array.from({ length: SLOTS }, (_, slot) => slot).filter((slot) => shards.includes(this.partitionOf(slot)));
    const [movedSlots, movedIds] = [moved.map(({ slot }) => slot), moved.map(({ sequence }) => sequence)];
    const rows = await readOrderOutbox.run({ slots, movedSlots, movedIds, rowsPerSlot: rowsPerShard, rows: maxRows }, this.database);
    return rows.map(({ slot, id, eventId, key, value, createdAt }) => ({
      sequence: id,
      slot,
      shard: this.partitionOf(slot),
      topic: this.topic,
      message: {
        key,
        value,
        partition: this.partitionOf(slot),
        // CloudEvents, as in all records of Lockstep.
        headers: { ce_specversion: '1.0', ce_id: toPublicId('evt', eventId), ce_type: 'order.created', ce_source: 'urn:lockstep:orders', ce_time: createdAt.toISOString(), 'content-type': 'application/json' },
      },
    }));
  }

  private partitionOf(slot: number): number {
    return slot % this.partitions;
  }
}
