import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { laneKey } from '#domain/shard';
import { parsePublicId, toPublicId } from '#domain/ids';
import { keyScopeOf, MIN_SOURCE_RETENTION_MS } from '#flow/ingest/event-origin';
import type { Config } from '#ground/config/config';
import { limitsOf, USUAL_INGEST } from '#ground/http/principal';
import { deadLetterOf } from '#ground/kafka/dead-letter-record';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { InjectConfig } from '#ground/process/process-context';
import { SecretBox } from '#ground/secrets/secret-box';
import { sourceSecretContext } from '#ground/secrets/secret-contexts';
import { acceptRecords } from './accept-records.queries.js';
import type { KafkaSource } from './kafka-source.js';
import { openTopic } from './open-topic.queries.js';
import { passGap } from './pass-gap.queries.js';
import { type IReadKafkaSourcesResult, readKafkaSources } from './read-kafka-sources.queries.js';
import { readPositions } from './read-positions.queries.js';
import type { Advance, ChunkRefusal, SortedChunk } from './record-chunk.js';
import { storeSourceStates } from './store-source-states.queries.js';
import type { SourceReport } from './source-report.js';

/** A topic as a source reads it. */
export interface SourceTopic {
  readonly source: KafkaSource;
  readonly topic: string;
  readonly topicId: string;
  /** The id of the cluster that has it. */
  readonly cluster: string;
}

/** Where a partition may begin. */
export interface PartitionStart {
  readonly partition: number;
  /** By the source's `startAt`. */
  readonly startOffset: number;
  readonly earliestOffset: number;
}

/** Why a position moved without its records. */
export type GapReason = 'retention' | 'log_lost';

export interface Moved {
  /** RFC 3339. */
  readonly acceptedAt: string;
  /** Whether the source and its tenant are enabled and as they were read. Otherwise nothing was stored. */
  readonly isCurrent: boolean;
  /** Partitions whose position was the expected one. Of the others nothing was stored. */
  readonly partitions: ReadonlySet<number>;
  /** Ids of events whose record's id is that of an earlier one, in this chunk or before. They were not stored. */
  readonly taken: ReadonlySet<string>;
}

/** The id alone decides whether a record is a duplicate, so all have the same. */
const FINGERPRINT = Buffer.alloc(32);

@Injectable()
export class KafkaSourcesRepository {
  /** Of this process, among those that read a source. */
  private readonly gateway = randomUUID();

  constructor(
    @InjectDatabase('kafka-sources') private readonly database: Database,
    private readonly secrets: SecretBox,
    @InjectConfig() private readonly config: Pick<Config, 'idempotencyRetentionMs' | 'maxBodyBytes' | 'kafka'>,
  ) {}

  /** The sources to read. @throws what Postgres throws */
  async enabledSources(): Promise<readonly KafkaSource[]> {
    return (await readKafkaSources.run(undefined, this.database)).map(sourceOf);
  }

  /** The password of the source's cluster, if it has one. @throws SecretBoxError */
  passwordOf({ publicId, sealedPassword }: KafkaSource): string | undefined {
    const uuid = parsePublicId('src', publicId);
    return sealedPassword === undefined || uuid === undefined ? undefined : this.secrets.open(sealedPassword, sourceSecretContext(uuid));
  }

  /** Positions by partition. @throws what Postgres throws */
  async positions({ source, topicId }: SourceTopic): Promise<Map<number, number>> {
    const rows = await readPositions.run({ source: source.id, topicId }, this.database);
    return new Map(rows.map(({ partition, nextOffset }) => [partition, nextOffset]));
  }

  /** Stores where partitions begin that have no position (see open-topic.sql). @throws what Postgres throws */
  async open({ source, topic, topicId, cluster }: SourceTopic, startAt: string, starts: readonly PartitionStart[]): Promise<void> {
    const parameters = {
      source: source.id, tenant: source.tenant, subject: source.publicId, topic, topicId, cluster, startAt,
      partitions: starts.map(({ partition }) => partition), startOffsets: starts.map(({ startOffset }) => startOffset), earliestOffsets: starts.map(({ earliestOffset }) => earliestOffset),
    };
    await openTopic.run(parameters, this.database);
  }

  /** Moves a position to where the log begins, or ends, and tells the audit log. @returns false if it was moved meanwhile */
  async passGap({ source, topic, topicId }: SourceTopic, { partition, expectedOffset, nextOffset }: Advance, reason: GapReason): Promise<boolean> {
    const rows = await passGap.run({ source: source.id, tenant: source.tenant, subject: source.publicId, topic, topicId, partition, fromOffset: expectedOffset, toOffset: nextOffset, reason }, this.database);
    return rows.length > 0;
  }

  /**
   * Stores a chunk in one statement. After an error it may be stored: then positions have moved, and the same chunk stores
   * nothing.
   * @throws what Postgres throws
   */
  async accept(of: SourceTopic, advances: readonly Advance[], { events, refusals }: SortedChunk): Promise<Moved> {
    const { source, topicId } = of;
    let next = 1;
    const offsets = events.map(({ event }) => {
      const offset = next;
      next += event.payload.length;
      return offset;
    });
    const parked = refusals.map((refusal) => this.parkedOf(of, refusal));
    const [row] = await acceptRecords.run({
      source: source.id, version: source.version, tenant: source.tenant, sourceName: source.name, acceptedBy: source.publicId, keyScope: keyScopeOf(source.publicId), topicId,
      fingerprint: FINGERPRINT, retentionMs: Math.max(this.config.idempotencyRetentionMs, MIN_SOURCE_RETENTION_MS),
      partitions: advances.map(({ partition }) => partition),
      expectedOffsets: advances.map(({ expectedOffset }) => expectedOffset),
      nextOffsets: advances.map(({ nextOffset }) => nextOffset),
      ids: events.map(({ id }) => id),
      eventPartitions: events.map(({ partition }) => partition),
      shards: events.map(({ shard }) => shard),
      types: events.map(({ event }) => event.type),
      entities: events.map(({ event }) => event.entity),
      occurredAtsMs: events.map(({ event }) => event.occurredAtMs ?? NaN),
      keys: events.map(({ event }) => event.id ?? ''),
      contentTypes: events.map(({ event }) => event.contentType),
      traceparents: events.map(({ event }) => event.traceparent ?? ''),
      attributes: events.map(({ event }) => (event.attributes === undefined ? '' : JSON.stringify(event.attributes))),
      offsets,
      lengths: events.map(({ event }) => event.payload.length),
      payloads: Buffer.concat(events.map(({ event }) => event.payload)),
      parkedPartitions: refusals.map(({ entry }) => entry.partition),
      parkedShards: refusals.map(({ entry }) => entry.partition % this.config.kafka.partitions),
      parkedKeys: parked.map(({ key }) => key) as string[],
      parkedHeaders: parked.map(({ headers }) => headers),
      parkedValues: parked.map(({ value }) => value) as Buffer[],
    }, this.database);
    if (row === undefined) throw new Error('A statement that stores records returned no row');
    return { acceptedAt: row.acceptedAt.toISOString(), isCurrent: row.isCurrent, partitions: new Set(row.moved), taken: new Set(row.taken) };
  }

  /** Stores what this process sees of its sources, for those who ask any gateway. @throws what Postgres throws */
  async storeReports(reports: readonly SourceReport[]): Promise<void> {
    const partitions = reports.flatMap(({ source, partitions: each }) => each.map((partition) => ({ source, ...partition })));
    await storeSourceStates.run({
      gateway: this.gateway,
      sources: reports.map(({ source }) => source), states: reports.map(({ state }) => state), details: reports.map(({ detail = '' }) => detail),
      partitionSources: partitions.map(({ source }) => source), partitions: partitions.map(({ partition }) => partition), topicIds: partitions.map(({ topicId }) => topicId),
      endOffsets: partitions.map(({ endOffset = -1 }) => endOffset),
      haltOffsets: partitions.map(({ halt }) => halt?.offset ?? -1), haltReasons: partitions.map(({ halt }) => halt?.invalid.reason ?? ''), haltDetails: partitions.map(({ halt }) => halt?.invalid.detail ?? ''),
    }, this.database);
  }

  private parkedOf({ source, topic }: SourceTopic, { entry: { record, partition, offset }, invalid }: ChunkRefusal): ReturnType<typeof deadLetterOf> {
    const more = { 'lockstep-tenant': source.tenant, 'lockstep-source': source.publicId, 'lockstep-detail': invalid.detail };
    const parked = deadLetterOf({ key: record.key, value: record.value, headers: record.headers as Record<string, Buffer> }, { reason: invalid.reason, topic, partition, offset, more }, this.config.maxBodyBytes);
    // As on all records of Lockstep's topics.
    return { ...parked, key: parked.key === null ? null : laneKey(source.tenant, parked.key) };
  }
}

function sourceOf(row: IReadKafkaSourcesResult): KafkaSource {
  const publicId = toPublicId('src', row.publicId);
  return {
    id: row.id, publicId, tenant: row.tenant, name: row.name, provider: 'kafka', settings: row.settings, version: row.version, sealedPassword: row.password ?? undefined,
    principal: {
      tenant: row.tenant, actor: { type: 'source', id: publicId, name: row.name }, scopes: new Set(['ingest']),
      ingest: { ...USUAL_INGEST, duplicates: row.duplicates, resubmit: row.resubmit, refusesUnknownTypes: row.refusesUnknownTypes, limits: limitsOf(`tenant/${row.tenant}`, row) },
    },
  };
}
