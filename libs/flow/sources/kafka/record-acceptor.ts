import { Injectable } from '@nestjs/common';
import { LockstepError } from '#domain/problem';
import { EventTypeDirectory } from '#flow/event-types/event-type-directory';
import { acceptedSpan, COMMIT_EVENTS } from '#flow/ingest/accepted-span';
import { IngestService } from '#flow/ingest/ingest.service';
import { eventsAccepted, eventsDeduplicated, FROM_TOPICS } from '#flow/ingest/ingest.metrics';
import { IngestLimits } from '#flow/rate-limits/ingest-limits';
import { EventRelay } from '#flow/relay/event-relay';
import type { Config } from '#ground/config/config';
import type { Principal } from '#ground/http/principal';
import { InjectConfig } from '#ground/process/process-context';
import { Samples } from '#ground/samples/samples';
import type { OpenSpan } from '#ground/tracing/span';
import { Tracing } from '#ground/tracing/tracing';
import { SourceActivity } from '../source-activity.js';
import { sourceRecords } from './kafka-sources.metrics.js';
import { KafkaSourcesRepository, type Moved, type SourceTopic } from './kafka-sources.repository.js';
import { type KafkaSource, SourceChangedError } from './kafka-source.js';
import { type ChunkEvent, type ChunkRefusal, type RecordChunk, sorted } from './record-chunk.js';
import { jsonOf } from './record-fields.js';
import { invalidRecord, type ReadRecord, type RecordEvent } from './source-record.js';

/** Tokens that an event may take, or how long to wait for the next one. */
export interface Allowance {
  readonly granted: number;
  readonly waitMs: number;
}

/** What was stored of a chunk. */
interface StoredCounts {
  readonly accepted: number;
  readonly duplicate: number;
  readonly skipped: number;
  readonly parked: readonly ChunkRefusal[];
}

/** A recorded event. */
interface SpannedEvent {
  readonly event: ChunkEvent;
  readonly span: OpenSpan;
}

/** Accepts the records of sources as ingest accepts posts: by the same rules, and for the same relay. */
@Injectable()
export class RecordAcceptor {
  constructor(
    private readonly repository: KafkaSourcesRepository,
    private readonly eventTypes: EventTypeDirectory,
    private readonly limits: IngestLimits,
    private readonly ingest: IngestService,
    private readonly relay: EventRelay,
    private readonly activity: SourceActivity,
    private readonly samples: Samples,
    @InjectConfig() private readonly config: Pick<Config, 'kafka'>,
    private readonly tracing: Tracing,
  ) {}

  /** Whether posts are being shed: then records wait. */
  get isOverloaded(): boolean {
    return this.ingest.isFull;
  }

  /** Takes tokens for up to `count` events from the tenant's limit. @throws LockstepError store_unavailable; overloaded */
  async allow(principal: Principal, count: number): Promise<Allowance> {
    const { granted, limits } = await this.limits.takeAvailable(principal, count);
    return { granted: Math.min(granted, count), waitMs: Math.max(0, ...limits.map(({ waitMs }) => waitMs)) };
  }

  /** Checks an event against its type. Returns no promise if nothing must be read first. @throws LockstepError store_unavailable */
  check(principal: Principal, read: ReadRecord): ReadRecord | Promise<ReadRecord> {
    if (read.kind !== 'event') return read;
    try {
      const hasSchema = this.eventTypes.hasSchema(principal, read.type);
      return hasSchema === false ? read : this.checkBody(principal, read, hasSchema).catch(invalidOf);
    } catch (error) {
      return invalidOf(error);
    }
  }

  /**
   * Stores a chunk (see accept-records.sql), and passes its events on to the relay.
   * @returns the partitions of which it was stored
   * @throws SourceChangedError if nothing was stored, because the source is not as it was read; what Postgres throws, and then
   * it may be stored
   */
  async accept(of: SourceTopic, chunk: RecordChunk): Promise<ReadonlySet<number>> {
    const { tenant } = of.source;
    const parts = sorted(chunk, tenant, this.config.kafka.partitions);
    const spanned = this.spannedOf(parts.events);
    const moved = await this.tracing.batch(COMMIT_EVENTS, spanned, () => this.repository.accept(of, chunk.advances, parts), (result, i) => isAccepted(result, spanned[i]?.event));
    if (!moved.isCurrent) throw new SourceChangedError();
    const isMoved = ({ partition }: { readonly partition: number }): boolean => moved.partitions.has(partition);
    const offered = moved.partitions.size === chunk.advances.length ? parts.events : parts.events.filter(isMoved);
    const accepted = moved.taken.size === 0 ? offered : offered.filter(({ id }) => !moved.taken.has(id));
    this.relay.add(accepted.map((event) => committedEventOf(of, event, moved.acceptedAt)));
    this.sample(of.source, offered, moved.taken);
    this.endSpans(of, spanned.filter(({ event }) => isAccepted(moved, event)));
    this.count(of.source, { accepted: accepted.length, duplicate: offered.length - accepted.length, skipped: parts.skipped.filter(isMoved).length, parked: parts.refusals.filter(({ entry }) => isMoved(entry)) });
    return moved.partitions;
  }

  private spannedOf(events: readonly ChunkEvent[]): SpannedEvent[] {
    if (!this.tracing.isOn) return [];
    return events.flatMap((event) => {
      const span = this.tracing.begin(event.id, event.event.traceparent, 'accept');
      return span === undefined ? [] : [{ event, span }];
    });
  }

  private endSpans({ source }: SourceTopic, accepted: readonly SpannedEvent[]): void {
    for (const { event, span } of accepted) this.tracing.end(span, acceptedSpan('consumer', { ...event.event, ...event, tenant: source.tenant, origin: { source: source.name } }));
  }

  private count(source: KafkaSource, { accepted, duplicate, skipped, parked }: StoredCounts): void {
    eventsAccepted.inc({ ...FROM_TOPICS }, accepted);
    eventsDeduplicated.inc({ ...FROM_TOPICS }, duplicate);
    sourceRecords.inc({ outcome: 'accepted' }, accepted);
    sourceRecords.inc({ outcome: 'duplicate' }, duplicate);
    sourceRecords.inc({ outcome: 'parked' }, parked.length);
    sourceRecords.inc({ outcome: 'skipped' }, skipped);
    // Refusals first: a source that accepts is not failing.
    for (const [reason, refusals] of Map.groupBy(parked, ({ invalid }) => invalid.reason)) this.activity.note(source, reason, refusals.at(-1)?.invalid.detail, refusals.length);
    if (parked.length > 0) this.samples.events(source.tenant, source.name, '').count('rejected', parked.length);
    if (duplicate > 0) this.activity.note(source, 'duplicate', '', duplicate);
    if (accepted > 0) this.activity.note(source, 'accepted', '', accepted);
  }

  /** Counts a chunk's events by their types. */
  private sample({ tenant, name }: KafkaSource, offered: readonly ChunkEvent[], taken: ReadonlySet<string>): void {
    for (const [type, events] of Map.groupBy(offered, ({ event }) => event.type)) {
      const tally = this.samples.events(tenant, name, type);
      const duplicates = taken.size === 0 ? 0 : events.filter(({ id }) => taken.has(id)).length;
      if (duplicates < events.length) tally.count('accepted', events.length - duplicates);
      if (duplicates > 0) tally.count('duplicates', duplicates);
    }
  }

  private async checkBody(principal: Principal, event: RecordEvent, hasSchema: true | Promise<boolean>): Promise<ReadRecord> {
    if (await hasSchema) await this.eventTypes.check(principal, event.type, jsonOf(event.payload), event.payload.length);
    return event;
  }
}

function invalidOf(error: unknown): ReadRecord {
  if (error instanceof LockstepError && error.status < 500) return invalidRecord(error.message, error.code);
  throw error;
}

function isAccepted({ partitions, taken }: Moved, event: ChunkEvent | undefined): boolean {
  return event !== undefined && partitions.has(event.partition) && !taken.has(event.id);
}

function committedEventOf({ source }: SourceTopic, { event, id, shard }: ChunkEvent, acceptedAt: string): Parameters<EventRelay['add']>[0][number] {
  const { type, entity, occurredAtMs, contentType, traceparent = null, attributes = null, payload } = event;
  return {
    id, tenant: source.tenant, shard, type, entity, time: occurredAtMs === undefined ? acceptedAt : new Date(occurredAtMs).toISOString(), source: source.name,
    contentType, traceparent, attributes, payload,
  };
}
