import { foreignRecords } from './admission.metrics.js';
import type { AdmissionResult } from './admission.service.js';
import { classifyRecord, eventIdOf, parkedRecordOf, withoutEvent, type ForeignRecord, type OfferedRecord } from './kafka-record.js';
import type { BatchResult, ShardBatch } from '#ground/kafka/shard-batch';
import type { Logger } from '#ground/telemetry/logger';
import { continuityOf } from './log-continuity.js';
import type { LogRepairer } from './log-repairer.js';
import type { OwnedShard } from '#flow/shards/owned-shard';
import type { ShardAdmitter } from './shard-admitter.js';
import type { ShardSupervisor } from '#flow/shards/shard-supervisor';

export interface LogReaderOptions {
  readonly admitter: ShardAdmitter;
  readonly repairer: LogRepairer;
  readonly supervisor: ShardSupervisor;
  readonly retentionMs: number;
  /** Values of foreign records above this are left out of the dead letter. */
  readonly maxParkedBytes: number;
  readonly logger: Logger;
}

type ClassifiedRecord = OfferedRecord | ForeignRecord;

/** Where an admission leaves the shard. */
interface Progress {
  readonly topic: string;
  readonly nextOffset: number;
  readonly lastEventId: string | undefined;
  readonly caughtUp: boolean;
}

const CHUNK = 500;
/** How long a partition rests after its admission failed. */
const STORE_PAUSE_MS = 250;

/** Reads the `events` log of owned shards: admits what is ours, parks what is foreign, and has gaps repaired first. */
export class LogReader {
  constructor(private readonly options: LogReaderOptions) {}

  async read(batch: ShardBatch): Promise<BatchResult> {
    const owned = this.options.supervisor.reading(batch.shard);
    if (owned === undefined || owned.repairing) return { kind: 'closed' };
    const continuity = continuityOf(owned.position, owned.checked, batch);
    switch (continuity.kind) {
      case 'gap':
        return this.repairGap(owned, continuity.resumeAt);
      case 'another':
        void this.options.repairer.repairOtherLog(owned);
        return { kind: 'closed' };
      case 'unknown':
        return this.readUnknown(owned, batch);
      case 'continues':
        owned.checked = true;
        return this.admitBatch(owned, batch, continuity.records);
    }
  }

  private repairGap(owned: OwnedShard, resumeAt: number): BatchResult {
    void this.options.repairer.repairGap(owned, resumeAt);
    return { kind: 'closed' };
  }

  /** Nothing is known of the log: Postgres tells whether it has what is to come first. */
  private async readUnknown(owned: OwnedShard, batch: ShardBatch): Promise<BatchResult> {
    const { repairer, logger } = this.options;
    const { openings, position } = owned;
    const ids = batch.records.map(eventIdOf).filter((id) => id !== undefined);
    try {
      const whole = await repairer.nothingMissingBefore(owned, ids);
      if (owned.repairing || owned.lanes.dropped || owned.openings !== openings) return { kind: 'closed' };
      if (!whole) return this.repairGap(owned, position.nextOffset);
    } catch (error) {
      logger.warn({ err: error, shard: batch.shard }, 'What the log is to begin with could not be looked up; trying again');
      return { kind: 'pause', fromOffset: position.nextOffset, durationMs: STORE_PAUSE_MS };
    }
    owned.checked = true;
    return this.admitBatch(owned, batch, batch.records);
  }

  private async admitBatch(owned: OwnedShard, batch: ShardBatch, records: ShardBatch['records']): Promise<BatchResult> {
    const { openings } = owned;
    for (let at = 0; at < records.length; at += CHUNK) {
      const classified = records.slice(at, at + CHUNK).map(classifyRecord);
      const last = at + CHUNK >= records.length;
      const nextOffset = last ? batch.nextOffset : Number(classified.at(-1)?.offset) + 1;
      const position = { nextOffset, lastEventId: eventIdOfLast(classified) };
      const result = await this.admit(owned, classified, { topic: batch.topic, ...position, caughtUp: last && batch.endsLog });
      // Opened again since: reading goes on from there, not from here.
      if (result.kind === 'fenced' || owned.repairing || owned.openings !== openings) return { kind: 'closed' };
      if (result.kind !== 'admitted') return { kind: 'pause', fromOffset: owned.position.nextOffset, durationMs: STORE_PAUSE_MS };
      // Everything up to here was asked for again if it had to be.
      owned.lanes.coverage.onOutcomeKnown('log');
      owned.position = position;
    }
    return { kind: 'done' };
  }

  /** Admits records, each on its own if need be: one that Postgres cannot store must not keep its neighbours out. */
  private async admit(owned: OwnedShard, classified: readonly ClassifiedRecord[], progress: Progress): Promise<AdmissionResult> {
    const result = await this.admitTogether(owned, classified, progress);
    if (result.kind !== 'refused') return result;
    if (classified.length === 0) {
      this.options.logger.error({ shard: owned.lanes.shard, offset: progress.nextOffset }, 'Postgres refuses to move the cursor of a shard; trying again');
      return result;
    }
    const half = classified.length >> 1;
    const middle = classified[half];
    if (half > 0 && middle !== undefined) {
      const before = classified.slice(0, half);
      const first = await this.admit(owned, before, { ...progress, nextOffset: middle.offset, lastEventId: eventIdOfLast(before), caughtUp: false });
      return first.kind === 'admitted' ? this.admit(owned, classified.slice(half), progress) : first;
    }
    this.options.logger.error({ shard: owned.lanes.shard, offset: middle?.offset }, 'Postgres can not hold a record: it is parked, or left out when it was not ours');
    const parked: ClassifiedRecord[] = middle?.kind === 'offered' ? [{ ...middle, kind: 'foreign', reason: 'inadmissible' }] : [];
    return this.admit(owned, parked, progress);
  }

  private async admitTogether(owned: OwnedShard, classified: readonly ClassifiedRecord[], progress: Progress): Promise<AdmissionResult> {
    const offered = classified.filter((record) => record.kind === 'offered');
    const foreign = classified.filter((record) => record.kind === 'foreign');
    const first = await this.commit(owned, offered, foreign, progress);
    if (first.kind !== 'admitted' || first.unmatched.length === 0) return first;
    // The others are admitted, but the cursor has stayed before them all: now it moves, and what has no event is parked.
    const unmatched = new Map(first.unmatched.map(({ eventId, elsewhere }) => [eventId, elsewhere]));
    const outside = offered.flatMap((record) => {
      const elsewhere = unmatched.get(record.eventId);
      return elsewhere === undefined ? [] : [withoutEvent(record, elsewhere, this.options.retentionMs, Date.now())];
    });
    foreignRecords.inc({ reason: 'retired' }, outside.filter(({ kind }) => kind === 'retired').length);
    const parked = outside.filter((record) => record.kind === 'foreign');
    return this.commit(owned, [], parked, progress);
  }

  private async commit(
    owned: OwnedShard, offered: readonly OfferedRecord[], foreign: readonly ForeignRecord[], { topic, ...position }: Progress,
  ): Promise<AdmissionResult> {
    const { admitter, maxParkedBytes } = this.options;
    const payloads = new Map(offered.map(({ eventId, record }) => [eventId, { payload: record.value ?? Buffer.alloc(0) }]));
    const parked = foreign.map((record) => parkedRecordOf(record, topic, owned.lanes.shard, maxParkedBytes));
    const result = await admitter.admit(owned, 'log', { eventIds: offered.map(({ eventId }) => eventId), parked, ...position }, payloads);
    if (result.kind === 'admitted') for (const { reason } of foreign) foreignRecords.inc({ reason });
    return result;
  }
}

function eventIdOfLast(classified: readonly ClassifiedRecord[]): string | undefined {
  const last = classified.at(-1);
  return last?.kind === 'offered' ? last.eventId : undefined;
}
