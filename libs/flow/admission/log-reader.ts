import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '#ground/config/config';
import type { BatchResult, ShardBatch } from '#ground/kafka/shard-batch';
import { InjectConfig, InjectLogger } from '#ground/process/process-context';
import type { Logger } from '#ground/telemetry/logger';
import { foreignRecords } from './admission.metrics.js';
import { type AdmissionResult, AdmissionService } from './admission.service.js';
import { classifyRecord, eventIdOf, parkedRecordOf, withoutEvent, type ForeignRecord, type OfferedRecord } from './kafka-record.js';
import { LogRepairer } from './log-repairer.js';
import { type OpenLog, OpenLogs } from './open-logs.js';
import type { LogPosition } from './shard-log.js';

type ClassifiedRecord = OfferedRecord | ForeignRecord;

/** Records that follow each other in the log. */
interface Chunk {
  readonly topic: string;
  readonly records: readonly ClassifiedRecord[];
  /** Offset after the chunk. */
  readonly nextOffset: number;
  readonly endsLog: boolean;
}

/** What became of a chunk: its first records are admitted or parked, and the cursor is behind them. */
type ChunkResult = Exclude<AdmissionResult, { kind: 'admitted' }> | { readonly kind: 'done'; readonly records: number };

/** `maxBodyBytes`: values of foreign records above this are left out of the dead letter. */
type LogReaderConfig = Pick<Config, 'retentionMs' | 'maxBodyBytes'>;

const CHUNK = 500;
/** How long a partition is paused when Postgres has not answered, or refuses. */
const STORE_PAUSE_MS = 250;
/** A batch is given back after this: kafkajs sends heartbeats and fetches other partitions only between batches. */
const MAX_HOLD_MS = 1_000;

/** Reads the `events` log of owned shards: admits our events, parks foreign records, and has gaps repaired first. */
@Injectable()
export class LogReader {
  constructor(
    private readonly admissions: AdmissionService,
    private readonly repairer: LogRepairer,
    @Inject(OpenLogs) private readonly logs: Pick<OpenLogs, 'find'>,
    @InjectConfig() private readonly config: LogReaderConfig,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  async read(batch: ShardBatch): Promise<BatchResult> {
    const open = this.logs.find(batch.shard);
    if (open === undefined) return { kind: 'closed' };
    const continuity = open.log.receive(batch);
    switch (continuity.kind) {
      case 'closed':
        return { kind: 'closed' };
      case 'gap':
        void this.repairer.repairGap(open, continuity.resumeAt);
        return { kind: 'closed' };
      case 'another':
        void this.repairer.repairOtherLog(open);
        return { kind: 'closed' };
      case 'unverified':
        return this.readUnverified(open, batch, continuity.opening);
      case 'continues':
        return this.admitBatch(open, batch, continuity.records, continuity.opening);
    }
  }

  /** Nothing is known of the log: Postgres tells whether it has what comes first. */
  private async readUnverified(open: OpenLog, batch: ShardBatch, opening: number): Promise<BatchResult> {
    const { log } = open;
    const { nextOffset } = log.position;
    const ids = batch.records.map(eventIdOf).filter((id) => id !== undefined);
    try {
      const isWhole = await this.repairer.hasNothingMissingBefore(open, ids);
      if (!log.isCurrent(opening)) return { kind: 'closed' };
      if (!isWhole) {
        void this.repairer.repairGap(open, nextOffset);
        return { kind: 'closed' };
      }
    } catch (error) {
      this.logger.warn({ err: error, shard: batch.shard }, 'Cannot look up what the log is to begin with; trying again');
      return { kind: 'pause', fromOffset: nextOffset, durationMs: STORE_PAUSE_MS };
    }
    log.verify(opening);
    return this.admitBatch(open, batch, batch.records, opening);
  }

  private async admitBatch(open: OpenLog, batch: ShardBatch, records: ShardBatch['records'], opening: number): Promise<BatchResult> {
    const { log, lanes } = open;
    const startedAtMs = performance.now();
    for (let at = 0; at < records.length; ) {
      const chunk = chunkOf(batch, records, at);
      const result = await this.admit(open, chunk);
      if (result.kind === 'unknown') log.onUnknownOutcome(opening, chunk.nextOffset);
      // Opened again in the meantime: the log is read on from there.
      if (result.kind === 'fenced' || !log.isCurrent(opening)) return { kind: 'closed' };
      if (result.kind !== 'done') return { kind: 'pause', fromOffset: log.position.nextOffset, durationMs: result.kind === 'unknown' ? result.retryInMs : STORE_PAUSE_MS };
      log.advance(opening, positionAfter(firstOf(chunk, result.records)));
      if (!log.isInDoubt) lanes.coverage.onOutcomeKnown('log');
      at += result.records;
      if (at < records.length && performance.now() - startedAtMs > MAX_HOLD_MS) return { kind: 'pause', fromOffset: log.position.nextOffset, durationMs: 0 };
    }
    return { kind: 'done' };
  }

  /**
   * Admits a chunk's records, or its first ones. A record that Postgres cannot store must not keep its neighbours out: of a
   * chunk that is refused, half is tried, down to one record.
   */
  private async admit(open: OpenLog, chunk: Chunk): Promise<ChunkResult> {
    const result = await this.admitTogether(open, chunk);
    if (result.kind !== 'refused') return result;
    const { shard } = open.lanes;
    const [record] = chunk.records;
    if (chunk.records.length > 1) return this.admit(open, firstOf(chunk, chunk.records.length >> 1));
    this.logger.error({ shard, offset: record?.offset }, 'Postgres cannot store a record: it is parked, or left out if it is foreign');
    const parked: readonly ForeignRecord[] = record?.kind === 'offered' ? [{ ...record, kind: 'foreign', reason: 'inadmissible' }] : [];
    const left = await this.commit(open, [], parked, chunk);
    if (left.kind === 'refused') this.logger.error({ shard, offset: chunk.nextOffset }, 'Postgres refuses to move the cursor of a shard; trying again');
    return left.kind === 'admitted' ? { kind: 'done', records: chunk.records.length } : left;
  }

  private async admitTogether(open: OpenLog, chunk: Chunk): Promise<ChunkResult> {
    const first = await this.commit(open, offeredOf(chunk), foreignOf(chunk), chunk);
    if (first.kind !== 'admitted') return first;
    const { unmatched, postponed } = first;
    if (unmatched.length === 0 && postponed.length === 0) return { kind: 'done', records: chunk.records.length };
    // Everything before the first postponed record is admitted, but the cursor has stayed before it all, and nothing was
    // parked. Now the cursor moves up to there, and what has no event is parked too.
    const postponedIds = new Set(postponed);
    const cut = chunk.records.findIndex((record) => record.kind === 'offered' && postponedIds.has(record.eventId));
    if (cut === 0) throw new Error(`Nothing was admitted of the chunk before ${chunk.nextOffset}`);
    const done = cut === -1 ? chunk : firstOf(chunk, cut);
    const elsewhere = new Map(unmatched.map((id) => [id.eventId, id.elsewhere]));
    const outside = offeredOf(done).flatMap((record) => {
      const isElsewhere = elsewhere.get(record.eventId);
      return isElsewhere === undefined ? [] : [withoutEvent(record, isElsewhere, this.config.retentionMs, Date.now())];
    });
    foreignRecords.inc({ reason: 'retired' }, outside.filter(({ kind }) => kind === 'retired').length);
    const moved = await this.commit(open, [], [...foreignOf(done), ...outside.filter((record) => record.kind === 'foreign')], done);
    return moved.kind === 'admitted' ? { kind: 'done', records: done.records.length } : moved;
  }

  private async commit({ lanes }: OpenLog, offered: readonly OfferedRecord[], foreign: readonly ForeignRecord[], chunk: Chunk): Promise<AdmissionResult> {
    const payloads = new Map(offered.map(({ eventId, record }) => [eventId, { payload: record.value ?? Buffer.alloc(0) }]));
    const parked = foreign.map((record) => parkedRecordOf(record, chunk.topic, lanes.shard, this.config.maxBodyBytes));
    const result = await this.admissions.admit({
      lanes, source: 'log', payloads, eventIds: offered.map(({ eventId }) => eventId), parked, ...positionAfter(chunk), caughtUp: chunk.endsLog,
    });
    const isComplete = result.kind === 'admitted' && result.unmatched.length === 0 && result.postponed.length === 0;
    if (isComplete) for (const { reason } of foreign) foreignRecords.inc({ reason });
    return result;
  }
}

/** The batch's records from the n-th on, as many as one statement takes. */
function chunkOf(batch: ShardBatch, records: ShardBatch['records'], from: number): Chunk {
  const next = records[from + CHUNK];
  return {
    topic: batch.topic,
    records: records.slice(from, from + CHUNK).map(classifyRecord),
    nextOffset: next === undefined ? batch.nextOffset : Number(next.offset),
    endsLog: next === undefined && batch.endsLog,
  };
}

/** A chunk's first records. */
function firstOf(chunk: Chunk, count: number): Chunk {
  const next = chunk.records[count];
  return next === undefined ? chunk : { ...chunk, records: chunk.records.slice(0, count), nextOffset: next.offset, endsLog: false };
}

function positionAfter({ records, nextOffset }: Chunk): LogPosition {
  const last = records.at(-1);
  return { nextOffset, lastEventId: last?.kind === 'offered' ? last.eventId : undefined };
}

function offeredOf({ records }: Chunk): OfferedRecord[] {
  return records.filter((record) => record.kind === 'offered');
}

function foreignOf({ records }: Chunk): ForeignRecord[] {
  return records.filter((record) => record.kind === 'foreign');
}
