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

/** Where an admission leaves the shard. */
interface Progress extends LogPosition {
  readonly topic: string;
  readonly caughtUp: boolean;
}

/** `maxBodyBytes`: values of foreign records above this are left out of the dead letter. */
type LogReaderConfig = Pick<Config, 'retentionMs' | 'maxBodyBytes'>;

const CHUNK = 500;
/** How long a partition is paused after its admission failed. */
const STORE_PAUSE_MS = 250;

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
    for (let at = 0; at < records.length; at += CHUNK) {
      const classified = records.slice(at, at + CHUNK).map(classifyRecord);
      const isLast = at + CHUNK >= records.length;
      const nextOffset = isLast ? batch.nextOffset : Number(classified.at(-1)?.offset) + 1;
      const position = { nextOffset, lastEventId: eventIdOfLast(classified) };
      const { kind } = await this.admit(open, classified, { topic: batch.topic, ...position, caughtUp: isLast && batch.endsLog });
      if (kind === 'unknown') log.onUnknownOutcome(opening, nextOffset);
      // Opened again in the meantime: the log is read on from there.
      if (kind === 'fenced' || !log.isCurrent(opening)) return { kind: 'closed' };
      if (kind !== 'admitted') return { kind: 'pause', fromOffset: log.position.nextOffset, durationMs: STORE_PAUSE_MS };
      log.advance(opening, position);
      if (!log.isInDoubt) lanes.coverage.onOutcomeKnown('log');
    }
    return { kind: 'done' };
  }

  /** Admits records, each on its own if need be: one that Postgres cannot store must not keep its neighbours out. */
  private async admit(open: OpenLog, classified: readonly ClassifiedRecord[], progress: Progress): Promise<AdmissionResult> {
    const result = await this.admitTogether(open, classified, progress);
    if (result.kind !== 'refused') return result;
    const { shard } = open.lanes;
    if (classified.length === 0) {
      this.logger.error({ shard, offset: progress.nextOffset }, 'Postgres refuses to move the cursor of a shard; trying again');
      return result;
    }
    const half = classified.length >> 1;
    const middle = classified[half];
    if (half > 0 && middle !== undefined) {
      const before = classified.slice(0, half);
      const first = await this.admit(open, before, { ...progress, nextOffset: middle.offset, lastEventId: eventIdOfLast(before), caughtUp: false });
      return first.kind === 'admitted' ? this.admit(open, classified.slice(half), progress) : first;
    }
    this.logger.error({ shard, offset: middle?.offset }, 'Postgres cannot store a record: it is parked, or left out if it is foreign');
    const parked: ClassifiedRecord[] = middle?.kind === 'offered' ? [{ ...middle, kind: 'foreign', reason: 'inadmissible' }] : [];
    return this.admit(open, parked, progress);
  }

  private async admitTogether(open: OpenLog, classified: readonly ClassifiedRecord[], progress: Progress): Promise<AdmissionResult> {
    const offered = classified.filter((record) => record.kind === 'offered');
    const foreign = classified.filter((record) => record.kind === 'foreign');
    const first = await this.commit(open, offered, foreign, progress);
    if (first.kind !== 'admitted' || first.unmatched.length === 0) return first;
    // The others are admitted, but the cursor has stayed before them all: now it moves, and what has no event is parked.
    const unmatched = new Map(first.unmatched.map(({ eventId, elsewhere }) => [eventId, elsewhere]));
    const outside = offered.flatMap((record) => {
      const elsewhere = unmatched.get(record.eventId);
      return elsewhere === undefined ? [] : [withoutEvent(record, elsewhere, this.config.retentionMs, Date.now())];
    });
    foreignRecords.inc({ reason: 'retired' }, outside.filter(({ kind }) => kind === 'retired').length);
    return this.commit(open, [], outside.filter((record) => record.kind === 'foreign'), progress);
  }

  private async commit(
    { lanes }: OpenLog, offered: readonly OfferedRecord[], foreign: readonly ForeignRecord[], { topic, ...position }: Progress,
  ): Promise<AdmissionResult> {
    const payloads = new Map(offered.map(({ eventId, record }) => [eventId, { payload: record.value ?? Buffer.alloc(0) }]));
    const parked = foreign.map((record) => parkedRecordOf(record, topic, lanes.shard, this.config.maxBodyBytes));
    const result = await this.admissions.admit({ lanes, source: 'log', payloads, eventIds: offered.map(({ eventId }) => eventId), parked, ...position });
    if (result.kind === 'admitted') for (const { reason } of foreign) foreignRecords.inc({ reason });
    return result;
  }
}

function eventIdOfLast(classified: readonly ClassifiedRecord[]): string | undefined {
  const last = classified.at(-1);
  return last?.kind === 'offered' ? last.eventId : undefined;
}
