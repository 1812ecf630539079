import type { Message } from 'kafkajs';
import { toPublicId } from '#domain/ids';
import { laneKey } from '#domain/shard';
import type { Database } from '#postgres/pool';
import { type IReadOutboxResult, readOutbox } from './read-outbox.queries.js';
import { READ_BOUNDS, type RelayRow, type RelaySource } from './relay-source.js';
import { removeOutbox } from './remove-outbox.queries.js';

/** Accepted events on their way to the `events` topic. */
export class IngestOutbox implements RelaySource {
  /** @param topic full name of the `events` topic */
  constructor(
    private readonly database: Database,
    private readonly topic: string,
  ) {}

  async read(shards: readonly number[]): Promise<readonly RelayRow[]> {
    const rows = await readOutbox.run({ shards: [...shards], ...READ_BOUNDS }, this.database);
    return rows.map((row) => ({ sequence: row.acceptSeq, shard: row.shard, topic: this.topic, message: messageOf(row) }));
  }

  async remove(rows: readonly RelayRow[]): Promise<void> {
    const shards = rows.map(({ shard }) => shard);
    const acceptSeqs = rows.map(({ sequence }) => sequence);
    await removeOutbox.run({ shards, acceptSeqs }, this.database);
  }
}

/** CloudEvents Kafka protocol binding 1.0.2, 3.2 (binary content mode), and Lockstep's own headers. */
function messageOf(row: IReadOutboxResult): Message & { key: string; value: Buffer } {
  return {
    key: laneKey(row.tenant, row.entity),
    value: row.payload,
    partition: row.shard,
    headers: {
      ce_specversion: '1.0',
      ce_id: toPublicId('evt', row.id),
      ce_type: row.type,
      ce_source: `urn:lockstep:${row.tenant}:${row.source}`,
      ce_time: (row.occurredAt ?? row.acceptedAt).toISOString(),
      'content-type': row.contentType,
      'lockstep-tenant': row.tenant,
      'lockstep-accept-seq': String(row.acceptSeq),
      ...(row.traceparent === null ? {} : { traceparent: row.traceparent }),
    },
  };
}
