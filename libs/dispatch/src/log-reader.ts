import type { AdmissionRequest, AdmissionService } from '#admission/admission.service';
import type { AdmissionRepository, ShardVerdict } from '#admission/admission.repository';
import { foreignRecords, repairedEvents } from '#admission/admission.metrics';
import { classifyRecord, parkedRecordOf, withoutEvent, type ForeignRecord, type OfferedRecord } from '#admission/kafka-record';
import type { BatchResult, ShardBatch } from '#kafka/shard-batch';
import { isPoison } from '#postgres/sql-errors';
import type { LeaseKeeper } from '#ownership/lease-keeper';
import type { Logger } from '#telemetry/logger';
import type { IntakeSource } from './lane-intake.js';
import type { OwnedShard } from './owned-shard.js';
import type { ShardSupervisor } from './shard-supervisor.js';

export interface LogReaderOptions {
  readonly admissions: AdmissionService<IntakeSource>;
  readonly repository: AdmissionRepository;
  readonly supervisor: ShardSupervisor;
  readonly keeper: LeaseKeeper;
  readonly retentionMs: number;
  /** Values of foreign records above this are left out of the dead letter. */
  readonly maxParkedBytes: number;
  readonly logger: Logger;
}

type ClassifiedRecord = OfferedRecord | ForeignRecord;
type Admission = 'admitted' | 'fenced' | 'failed';
type Admitted = Extract<ShardVerdict, { kind: 'admitted' }>;

const CHUNK = 500;
/** How long a partition rests after its admission failed. */
const STORE_PAUSE_MS = 250;

/** Reads the `events` log of owned shards: admits what is ours, parks what is foreign, and repairs gaps first. */
export class LogReader {
  private readonly repairing = new Set<OwnedShard>();

  constructor(private readonly options: LogReaderOptions) {}

  async read(batch: ShardBatch): Promise<BatchResult> {
    const owned = this.options.supervisor.reading(batch.shard);
    if (owned === undefined || this.repairing.has(owned)) return { kind: 'closed' };
    if (batch.firstOffset !== owned.expectedOffset) {
      void this.repair(owned, batch.firstOffset);
      return { kind: 'closed' };
    }
    for (let at = 0; at < batch.records.length; at += CHUNK) {
      const records = batch.records.slice(at, at + CHUNK);
      const last = at + CHUNK >= batch.records.length;
      const nextOffset = last ? batch.nextOffset : Number(records.at(-1)?.offset) + 1;
      const result = await this.admit(owned, batch.topic, records.map(classifyRecord), nextOffset, last && batch.endsLog);
      if (result === 'fenced') return { kind: 'closed' };
      if (result === 'failed') return { kind: 'pause', fromOffset: owned.expectedOffset, durationMs: STORE_PAUSE_MS };
      owned.expectedOffset = nextOffset;
    }
    return { kind: 'done' };
  }

  /** Admits records, each on its own if need be: one that Postgres can't hold must not keep its neighbours out. */
  private async admit(owned: OwnedShard, topic: string, classified: readonly ClassifiedRecord[], nextOffset: number, caughtUp: boolean): Promise<Admission> {
    const result = await this.admitTogether(owned, topic, classified, nextOffset, caughtUp);
    if (result !== 'poison') return result;
    const half = classified.length >> 1;
    const middle = classified[half];
    if (half > 0 && middle !== undefined) {
      const first = await this.admit(owned, topic, classified.slice(0, half), middle.offset, false);
      return first === 'admitted' ? this.admit(owned, topic, classified.slice(half), nextOffset, caughtUp) : first;
    }
    this.options.logger.error({ shard: owned.lanes.shard, offset: middle?.offset }, 'Postgres can not hold a record: it is parked, or left out when it was not ours');
    const parked: ClassifiedRecord[] = middle?.kind === 'offered' ? [{ ...middle, kind: 'foreign', reason: 'inadmissible' }] : [];
    return this.admit(owned, topic, parked, nextOffset, caughtUp);
  }

  private async admitTogether(owned: OwnedShard, topic: string, classified: readonly ClassifiedRecord[], nextOffset: number, caughtUp: boolean): Promise<Admission | 'poison'> {
    const offered = classified.filter((record) => record.kind === 'offered');
    const foreign = classified.filter((record) => record.kind === 'foreign');
    const first = await this.commit(owned, topic, offered, foreign, nextOffset, caughtUp);
    if (typeof first === 'string') return first;
    if (first.unknown.length === 0) return 'admitted';
    // Records with an id that Postgres doesn't know: the cursor has stayed before them. Once more, with them parked.
    const unknown = new Map(first.unknown.map(({ eventId, elsewhere }) => [eventId, elsewhere]));
    const outside = offered.flatMap((record) => {
      const elsewhere = unknown.get(record.eventId);
      return elsewhere === undefined ? [] : [withoutEvent(record, elsewhere, this.options.retentionMs, Date.now())];
    });
    foreignRecords.inc({ reason: 'retired' }, outside.filter(({ kind }) => kind === 'retired').length);
    const parked = outside.filter((record) => record.kind === 'foreign');
    const second = await this.commit(owned, topic, offered.filter(({ eventId }) => !unknown.has(eventId)), parked, nextOffset, caughtUp);
    return typeof second === 'string' ? second : 'admitted';
  }

  private async commit(
    owned: OwnedShard, topic: string, offered: readonly OfferedRecord[], foreign: readonly ForeignRecord[], nextOffset: number, caughtUp: boolean,
  ): Promise<Admitted | 'fenced' | 'failed' | 'poison'> {
    const { lanes } = owned;
    const payloads = new Map(offered.map(({ eventId, record }) => [eventId, { payload: record.value ?? Buffer.alloc(0) }]));
    const verdict = await this.send(owned, {
      shard: lanes.shard,
      epoch: lanes.lease.epoch,
      eventIds: offered.map(({ eventId }) => eventId),
      parked: foreign.map((record) => parkedRecordOf(record, topic, lanes.shard, this.options.maxParkedBytes)),
      nextOffset,
      caughtUp,
      source: { lanes, payloads },
    });
    if (typeof verdict !== 'string') for (const { reason } of foreign) foreignRecords.inc({ reason });
    return verdict;
  }

  private async send(owned: OwnedShard, request: AdmissionRequest<IntakeSource>): Promise<Admitted | 'fenced' | 'failed' | 'poison'> {
    const { admissions, keeper, logger } = this.options;
    try {
      const verdict = await admissions.admit(request);
      if (verdict.kind === 'admitted') return owned.lanes.dropped ? 'fenced' : verdict;
      keeper.fenced(owned.lanes.lease);
      return 'fenced';
    } catch (error) {
      if (isPoison(error)) return 'poison';
      logger.warn({ err: error, shard: owned.lanes.shard }, 'Events could not be admitted; trying again');
      // It may have been committed all the same. Then they come as duplicates, of which nobody tells the lanes.
      owned.lanes.miss();
      return 'failed';
    }
  }

  /**
   * The log goes on elsewhere than it ended: retention dropped records that weren't read, or the topic was made anew.
   * What may be missing is in Postgres: all of the shard's events without an inbox row are admitted from there, in
   * accept order, before the log is read on.
   */
  private async repair(owned: OwnedShard, offset: number): Promise<void> {
    const { supervisor, logger } = this.options;
    const { lanes, expectedOffset } = owned;
    this.repairing.add(owned);
    logger.warn({ shard: lanes.shard, expectedOffset, foundOffset: offset }, 'The log has a gap: admitting from Postgres first');
    try {
      const repaired = await this.admitFromPostgres(owned);
      logger.info({ shard: lanes.shard, events: repaired }, 'The gap is repaired');
    } finally {
      this.repairing.delete(owned);
    }
    supervisor.readFrom(owned, offset);
  }

  private async admitFromPostgres(owned: OwnedShard): Promise<number> {
    const { repository, logger } = this.options;
    const { lanes } = owned;
    let total = 0;
    for (let after = -1; !lanes.dropped; ) {
      try {
        const page = await repository.findUnadmitted(lanes.shard, after, CHUNK);
        if (page.length === 0) break;
        total += await this.admitIds(owned, page.map(({ id }) => id));
        after = page.at(-1)?.acceptSeq ?? after;
      } catch (error) {
        logger.warn({ err: error, shard: lanes.shard }, 'The gap could not be repaired yet; trying again');
        await new Promise((resolve) => setTimeout(resolve, STORE_PAUSE_MS));
      }
    }
    return total;
  }

  /** @throws when Postgres could not be asked; what was admitted so far stays so */
  private async admitIds(owned: OwnedShard, eventIds: readonly string[]): Promise<number> {
    const { lanes } = owned;
    const verdict = await this.send(owned, {
      shard: lanes.shard, epoch: lanes.lease.epoch, eventIds, parked: [],
      nextOffset: undefined, caughtUp: false, source: { lanes, payloads: new Map() },
    });
    if (verdict === 'fenced') return 0;
    if (verdict === 'failed') throw new Error('The admission failed');
    if (verdict === 'poison') return this.admitHalves(owned, eventIds);
    repairedEvents.inc(verdict.admitted);
    return verdict.admitted;
  }

  private async admitHalves(owned: OwnedShard, eventIds: readonly string[]): Promise<number> {
    if (eventIds.length === 1) {
      this.options.logger.error({ shard: owned.lanes.shard, eventId: eventIds[0] }, 'Postgres can not hold what admitting an event writes: it is left out');
      return 0;
    }
    const half = eventIds.length >> 1;
    return (await this.admitIds(owned, eventIds.slice(0, half))) + (await this.admitIds(owned, eventIds.slice(half)));
  }
}
