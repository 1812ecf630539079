import type { Message } from 'kafkajs';
import type { EventAttributes } from '#domain/event-attributes';
import { toPublicId } from '#domain/ids';
import { laneKey } from '#domain/shard';
import { traceparentOfSpan } from '#domain/trace-context';
import type { Database } from '#ground/postgres/pool';
import type { OpenSpan } from '#ground/tracing/span';
import { NO_TRACING, type Tracing } from '#ground/tracing/tracing';
import { readEvents } from './read-events.queries.js';
import { type IReadOutboxResult, readOutbox } from './read-outbox.queries.js';
import type { RecentEvents, RelayedEvent } from './recent-events.js';
import { relayedRecords } from './relay.metrics.js';
import { READ_BOUNDS, type RelayRow, type RelaySource } from './relay-source.js';

interface OutboxRow extends RelayRow {
  readonly eventId: string;
}

/** The outbox of ingest: accepted events for the `events` topic. */
export class IngestOutbox implements RelaySource<OutboxRow> {
  /** @param topic full name of the `events` topic */
  constructor(
    private readonly database: Database,
    private readonly topic: string,
    private readonly recent: RecentEvents,
    private readonly tracing: Pick<Tracing, 'begin'> = NO_TRACING,
  ) {
    relayedRecords.inc({ topic }, 0);
  }

  async next(shards: readonly number[], sent: readonly OutboxRow[]): Promise<readonly OutboxRow[]> {
    const { rowsPerShard, rows: most } = READ_BOUNDS;
    const sentShards = sent.map(({ shard }) => shard);
    const sentSeqs = sent.map(({ sequence }) => sequence);
    const rows = await readOutbox.run({ shards: [...shards], sentShards, sentSeqs, rowsPerShard, rows: most }, this.database);
    for (const { eventId } of sent) this.recent.delete(eventId);
    const read = await this.readBack(rows);
    // An event that did not fit into the read holds back the later ones of its shard.
    const cut = new Set<number>();
    return rows.flatMap((row): OutboxRow[] => {
      const event = this.recent.get(row.eventId) ?? read.get(row.eventId);
      if (event === undefined) cut.add(row.shard);
      if (event === undefined || cut.has(row.shard)) return [];
      const span = this.tracing.begin(event.id, event.traceparent, 'publish');
      return [{ sequence: row.acceptSeq, shard: row.shard, topic: this.topic, message: messageOf(row, event, span), eventId: row.eventId, span }];
    });
  }

  /** Events that another process committed, or that were evicted here. */
  private async readBack(rows: readonly IReadOutboxResult[]): Promise<Map<string, RelayedEvent>> {
    const ids = rows.filter(({ eventId }) => this.recent.get(eventId) === undefined).map(({ eventId }) => eventId);
    if (ids.length === 0) return new Map();
    const events = await readEvents.run({ ids, bytes: READ_BOUNDS.bytes }, this.database);
    return new Map(events.map(({ time, attributes, ...event }) => [event.id, { ...event, time: time.toISOString(), attributes: attributes as EventAttributes | null }]));
  }
}

/**
 * CloudEvents Kafka protocol binding 1.0.2, 3.2 (binary content mode), and Lockstep's own headers. The trace of a recorded event goes on in
 * whoever reads the record.
 */
function messageOf({ acceptSeq, shard }: IReadOutboxResult, event: RelayedEvent, span: OpenSpan | undefined): Message & { key: string; value: Buffer } {
  const traceparent = span === undefined ? event.traceparent : traceparentOfSpan(span.ids);
  const tracestate = event.attributes?.['tracestate'];
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
      ...(traceparent === null ? {} : { traceparent }),
      ...(tracestate === undefined ? {} : { tracestate }),
      ...(event.attributes === null ? {} : { 'lockstep-attributes': JSON.stringify(event.attributes) }),
    },
  };
}
