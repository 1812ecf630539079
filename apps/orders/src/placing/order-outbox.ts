import { toPublicId } from '#domain/ids';
import type { Database } from '#postgres/pool';
import { READ_BOUNDS, type RelayRow, type RelaySource } from '#relay/relay-source';
import { orderOutboxDepth } from './order-outbox-depth.queries.js';
import { readOrderOutbox } from './read-order-outbox.queries.js';

/** Committed orders on their way to `order.created`: what the relay needs to know of this outbox. */
export class OrderOutbox implements RelaySource<RelayRow> {
  /** @param topic full name of `order.created` */
  constructor(
    private readonly database: Database,
    private readonly topic: string,
  ) {}

  async next(shards: readonly number[], moved: readonly RelayRow[]): Promise<readonly RelayRow[]> {
    const { rowsPerShard, rows: most } = READ_BOUNDS;
    const [movedShards, movedIds] = [moved.map(({ shard }) => shard), moved.map(({ sequence }) => sequence)];
    const rows = await readOrderOutbox.run({ shards: [...shards], movedShards, movedIds, rowsPerShard, rows: most }, this.database);
    return rows.map(({ shard, id, eventId, key, value, createdAt }) => ({
      sequence: id,
      shard,
      topic: this.topic,
      message: {
        key,
        value,
        partition: shard,
        // CloudEvents, as all of Lockstep's records.
        headers: { ce_specversion: '1.0', ce_id: toPublicId('evt', eventId), ce_type: 'order.created', ce_source: 'urn:lockstep:orders', ce_time: createdAt.toISOString(), 'content-type': 'application/json' },
      },
    }));
  }

  /** Undefined when Postgres does not answer. */
  async depth(): Promise<number | undefined> {
    const [row] = await orderOutboxDepth.run(undefined, this.database).catch(() => []);
    return row?.depth;
  }
}
