import { Injectable } from '@nestjs/common';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { EventAttributes } from '#domain/event-attributes';
import { idBounds } from '#domain/ids';
import type { AdmittedDelivery } from '#flow/lanes/admitted-delivery';
import type { Database } from '#ground/postgres/pool';
import { admitBatch, type IAdmitBatchResult } from './admit-batch.queries.js';
import type { LogPosition } from './shard-log.js';
import type { ParkedRecord } from './kafka-record.js';
import { readCursors } from './read-cursors.queries.js';

/** One shard's part of an admission. */
export interface ShardAdmission {
  readonly shard: number;
  readonly epoch: number;
  /** Events in the order in which they are to be admitted. */
  readonly eventIds: readonly string[];
  readonly parked: readonly ParkedRecord[];
  /** Where the shard's cursor moves to; undefined: it stays. */
  readonly nextOffset: number | undefined;
  /** Id of the record before `nextOffset`; undefined: not known. */
  readonly lastEventId?: string | undefined;
  /** Whether the shard has then read its log to the end. */
  readonly caughtUp: boolean;
  /**
   * Events are admitted while those before them weigh less than this, and at least one. An event weighs as much as its
   * deliveries, filtered ones included, and its filters (see admit-batch.sql). Default: no bound.
   */
  readonly mostDeliveries?: number;
}

/** An id of a record that has no event on its shard. */
export interface UnmatchedId {
  readonly eventId: string;
  /** Whether another shard has an event of this id. */
  readonly elsewhere: boolean;
}

/** An event that some endpoints did not get because of their filters. */
export interface FilteredEvent {
  readonly tenant: string;
  /** Null for an event that was posted to the API. */
  readonly source: string | null;
  readonly type: string;
  readonly endpoints: number;
}

/** What an admission did to one shard. */
export type ShardVerdict =
  | { readonly kind: 'fenced' }
  | {
      readonly kind: 'admitted';
      readonly deliveries: readonly AdmittedDelivery[];
      /** Versions of the deliveries' endpoints, as the statement saw them. */
      readonly endpointVersions: ReadonlyMap<number, number>;
      readonly admitted: number;
      /** Endpoints that did not get an event because of their filters, over all events. */
      readonly filtered: number;
      /** The events of these. */
      readonly filteredEvents: readonly FilteredEvent[];
      /** Events that were admitted before, and repeats within the batch. */
      readonly duplicates: number;
      readonly unmatched: readonly UnmatchedId[];
      /**
       * Events that are still to be admitted, in their order: they come after all the others. While there are any, or
       * unmatched ones, the cursor has not moved, and nothing was parked.
       */
      readonly postponed: readonly string[];
    };

const NO_BOUND = 2_147_483_647;

interface MutableVerdict {
  deliveries: AdmittedDelivery[];
  endpointVersions: Map<number, number>;
  admitted: number;
  filtered: number;
  filteredEvents: FilteredEvent[];
  duplicates: number;
  unmatched: UnmatchedId[];
  postponed: string[];
  lastOrdinal: number;
}

/** Admission in Postgres. Its sessions have nested loops off; see admit-batch.sql. */
@Injectable()
export class AdmissionRepository {
  constructor(@InjectDatabase('admission') private readonly database: Database) {}

  /** Admits for several shards in one statement; the verdicts are in the order of `admissions`, whose shards differ. */
  async admit(admissions: readonly ShardAdmission[]): Promise<ShardVerdict[]> {
    const ids = admissions.flatMap(({ eventIds }) => eventIds);
    const parked = admissions.flatMap((admission) => admission.parked);
    const rows = await admitBatch.run(
      {
        shards: admissions.map(({ shard }) => shard),
        epochs: admissions.map(({ epoch }) => epoch),
        // Arrays may hold nulls, which PgTyped's types do not say.
        nextOffsets: admissions.map(({ nextOffset }) => nextOffset ?? null) as number[],
        lastIds: admissions.map(({ lastEventId }) => lastEventId ?? null) as string[],
        caughtUp: admissions.map(({ caughtUp }) => caughtUp),
        mostDeliveries: admissions.map(({ mostDeliveries = NO_BOUND }) => mostDeliveries),
        ids,
        ...idBounds(ids),
        idShards: admissions.flatMap(({ shard, eventIds }) => eventIds.map(() => shard)),
        parkedShards: parked.map(({ shard }) => shard),
        parkedKeys: parked.map(({ key }) => key) as string[],
        parkedHeaders: parked.map(({ headers }) => headers),
        parkedValues: parked.map(({ value }) => value) as Buffer[],
      },
      this.database,
    );
    return verdictsOf(admissions, ids, rows);
  }

  /** Each shard's cursor: where its log is read on. */
  async cursors(shards: readonly number[]): Promise<Map<number, LogPosition>> {
    const rows = await readCursors.run({ shards: [...shards] }, this.database);
    return new Map(rows.map(({ shard, nextOffset, lastEventId }) => [shard, { nextOffset, lastEventId: lastEventId ?? undefined }]));
  }
}

function verdictsOf(admissions: readonly ShardAdmission[], ids: readonly string[], rows: readonly IAdmitBatchResult[]): ShardVerdict[] {
  const held = new Map<number, MutableVerdict>();
  for (const row of rows) {
    if (row.held !== true || row.shard === null) continue;
    let verdict = held.get(row.shard);
    if (verdict === undefined) {
      verdict = { deliveries: [], endpointVersions: new Map(), admitted: 0, filtered: 0, filteredEvents: [], duplicates: 0, unmatched: [], postponed: [], lastOrdinal: 0 };
      held.set(row.shard, verdict);
    }
    collect(verdict, row, ids);
  }
  return admissions.map(({ shard, eventIds }): ShardVerdict => {
    const verdict = held.get(shard);
    if (verdict === undefined) return { kind: 'fenced' };
    const { deliveries, endpointVersions, admitted, filtered, filteredEvents, unmatched, postponed } = verdict;
    // Folded repeats within the batch have no row of their own: they are duplicates too, unless their event is postponed.
    const duplicates = eventIds.length - admitted - unmatched.length - recordsOf(postponed, eventIds);
    return { kind: 'admitted', deliveries, endpointVersions, admitted, filtered, filteredEvents, duplicates, unmatched, postponed };
  });
}

function recordsOf(postponed: readonly string[], eventIds: readonly string[]): number {
  if (postponed.length === 0) return 0;
  const ids = new Set(postponed);
  return eventIds.filter((id) => ids.has(id)).length;
}

/** An event has a row for each of its deliveries, or one row without a delivery; they are adjacent. */
function collect(verdict: MutableVerdict, row: IAdmitBatchResult, ids: readonly string[]): void {
  const { ordinal } = row;
  if (ordinal === null) return;
  const eventId = ids[ordinal - 1];
  if (eventId === undefined) throw new Error(`The admission answered for record ${ordinal} of ${ids.length}`);
  if (ordinal !== verdict.lastOrdinal) {
    verdict.lastOrdinal = ordinal;
    if (row.ours !== true) verdict.unmatched.push({ eventId, elsewhere: row.stored === true });
    else if (row.taken !== true) verdict.postponed.push(eventId);
    else if (row.admitted === true) {
      verdict.admitted += 1;
      if (row.filtered !== null) {
        verdict.filtered += row.filtered;
        verdict.filteredEvents.push({ tenant: row.tenant, source: row.source, type: row.type, endpoints: row.filtered });
      }
    }
  }
  if (row.admitted !== true || row.endpoint === null) return;
  const { endpoint, tenant, entity, type, source, contentType, traceparent, attributes, lane, sequence, closedSequence, deliveredSequence, replays, paused } = row;
  verdict.endpointVersions.set(endpoint, row.endpointVersion);
  const place = lane === null || sequence === null ? undefined : { lane, sequence, closedSequence, deliveredSequence, replays, paused, halted: row.halted === true };
  verdict.deliveries.push({ eventId, endpoint, tenant, entity, type, source, contentType, traceparent, attributes: attributes as EventAttributes | null, place });
}
