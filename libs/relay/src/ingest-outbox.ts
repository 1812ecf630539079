import type { Message } from 'kafkajs';
import { toPublicId } from '#domain/ids';
import { laneKey } from '#domain/shard';
import type { Database } from '#postgres/pool';
import { readEvents } from './read-events.queries.js';
import { type IReadOutboxResult, readOutbox } from './read-outbox.queries.js';
import type { RecentEvents, RelayedEvent } from './recent-events.js';
import { READ_BOUNDS, type RelayRow, type RelaySource } from './relay-source.js';
import { removeOutbox } from './remove-outbox.queries.js';

interface OutboxRow extends RelayRow {
  readonly eventId: string;
}

/** Accepted events on their way to the `events` topic. */
export class IngestOutbox implements RelaySource<OutboxRow> {
  /** @param topic full name of the `events` topic */
  constructor(
    private readonly database: Database,
    private readonly topic: string,
    private readonly recent: RecentEvents,
  ) {}

  async read(shards: readonly number[]): Promise<readonly OutboxRow[]> {
    const { rowsPerShard, rows: most } = READ_BOUNDS;
    const rows = await readOutbox.run({ shards: [...shards], rowsPerShard, rows: most }, this.database);
    const read = await this.readBack(rows);
    // What did not fit holds back what comes after it in its shard.
    const cut = new Set<number>();
    return rows.flatMap((row): OutboxRow[] => {
      const event = this.recent.get(row.eventId) ?? read.get(row.eventId);
      if (event === undefined) cut.add(row.shard);
      if (event === undefined || cut.has(row.shard)) return [];
      return [{ sequence: row.acceptSeq, shard: row.shard, topic: this.topic, message: messageOf(row, event), eventId: row.eventId }];
    });
  }

  async remove(rows: readonly OutboxRow[]): Promise<void> {
    const shards = rows.map(({ shard }) => shard);
    const acceptSeqs = rows.map(({ sequence }) => sequence);
    await removeOutbox.run({ shards, acceptSeqs }, this.database);
    for (const { eventId } of rows) this.recent.delete(eventId);
  }

  /** Events that another process committed, or that were forgotten here. */
  private async readBack(rows: readonly IReadOutboxResult[]): Promise<Map<string, RelayedEvent>> {
    const ids = rows.filter(({ eventId }) => this.recent.get(eventId) === undefined).map(({ eventId }) => eventId);
    if (ids.length === 0) return new Map();
    const events = await readEvents.run({ ids, bytes: READ_BOUNDS.bytes }, this.database);
    return new Map(events.map(({ time, ...event }) => [event.id, { ...event, time: time.toISOString() }]));
  }
}

/** CloudEvents Kafka protocol binding 1.0.2, 3.2 (binary content mode), and Lockstep's own headers. */
function messageOf({ acceptSeq, shard }: IReadOutboxResult, event: RelayedEvent): Message & { key: string; value: Buffer } {
  return {
    key: laneKey(event.tenant, event.entity),
    value: event.payload,
    partition: shard,
    headers: {
      ce_specversion: '1.0',
      ce_id: toPublicId('evt', event.id),
      ce_type: event.type,
      ce_source: `urn:lockstep:${event.tenant}:${event.source}`,
      ce_time: event.time,
      'content-type': event.contentType,
      'lockstep-tenant': event.tenant,
      'lockstep-accept-seq': String(acceptSeq),
      ...(event.traceparent === null ? {} : { traceparent: event.traceparent }),
    },
  };
}
