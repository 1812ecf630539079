import { Injectable } from '@nestjs/common';
import type { OutcomeCount, SourceRun } from '#flow/sources/source-activity';
import type { DuplicateCount, RejectionCount } from '#ground/http/rejections';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { ListsDatabase, MAX_ROWS_READ } from '#manage/lists-database.module';
import { addRejections } from './add-rejections.queries.js';
import { type IListRejectionsResult, listRejections } from './list-rejections.queries.js';

export type RejectionRow = IListRejectionsResult;

export interface RejectionFilter {
  readonly tenant: string;
  readonly source: string | undefined;
  readonly key: string | undefined;
  readonly code: string | undefined;
  readonly from: Date;
  readonly to: Date;
}

/** What a gateway counted since its flush before. */
export interface Flush {
  /** The gateway's id. */
  readonly gateway: string;
  /** Ascends. A flush that is written twice counts once. */
  readonly number: number;
  readonly counts: readonly RejectionCount[];
  readonly duplicates: readonly DuplicateCount[];
  /** What came to sources. */
  readonly activity: { readonly counts: readonly OutcomeCount[]; readonly runs: readonly SourceRun[] };
}

@Injectable()
export class RejectionsRepository {
  constructor(
    @InjectDatabase('housekeeping') private readonly database: Database,
    private readonly lists: ListsDatabase,
  ) {}

  /** Newest minute first, below the place. Reads a bounded number of rows, so fewer than `limit` may come (see `pageOfRead`). */
  list(filter: RejectionFilter, [beforeMinute, beforeId]: readonly [number, number], limit: number): Promise<RejectionRow[]> {
    return listRejections.run({ ...filter, beforeMinute, beforeId, mostRead: MAX_ROWS_READ, limit }, this.lists.of(filter.tenant, 'give a smaller range of `from` and `to`'));
  }

  /** Adds the counts of a flush, once. */
  async add({ gateway, number, counts, duplicates, activity }: Flush): Promise<void> {
    await addRejections.run({
      gateway,
      number,
      tenants: counts.map(({ tenant }) => tenant),
      minutesMs: counts.map(({ minuteMs }) => minuteMs),
      sources: counts.map(({ source }) => source),
      keys: counts.map(({ key }) => key),
      codes: counts.map(({ code }) => code),
      requests: counts.map(({ requests }) => requests),
      lastDetails: counts.map(({ lastDetail }) => storable(lastDetail)),
      lastAtsMs: counts.map(({ lastAtMs }) => lastAtMs),
      events: duplicates.map(({ event }) => event),
      eventMinutesMs: duplicates.map(({ minuteMs }) => minuteMs),
      eventKeys: duplicates.map(({ key }) => key),
      eventRequests: duplicates.map(({ requests }) => requests),
      eventFirstsMs: duplicates.map(({ firstAtMs }) => firstAtMs),
      eventLastsMs: duplicates.map(({ lastAtMs }) => lastAtMs),
      activitySources: activity.counts.map(({ source }) => source),
      activityMinutesMs: activity.counts.map(({ minuteMs }) => minuteMs),
      outcomes: activity.counts.map(({ outcome }) => outcome),
      outcomeRequests: activity.counts.map(({ requests }) => requests),
      outcomeDetails: activity.counts.map(({ lastDetail }) => storable(lastDetail)),
      outcomeLastsMs: activity.counts.map(({ lastAtMs }) => lastAtMs),
      runSources: activity.runs.map(({ source }) => source),
      acceptedAtsMs: activity.runs.map(({ lastAcceptedAtMs }) => lastAcceptedAtMs ?? 0),
      rejectedAtsMs: activity.runs.map(({ lastRejection }) => lastRejection?.atMs ?? 0),
      rejectionCodes: activity.runs.map(({ lastRejection }) => lastRejection?.code ?? ''),
      rejectionDetails: activity.runs.map(({ lastRejection }) => storable(lastRejection?.detail ?? '')),
      runsRefused: activity.runs.map(({ refused }) => refused),
      refusedAtsMs: activity.runs.map(({ lastRefusedAtMs }) => lastRefusedAtMs ?? 0),
    }, this.database);
  }
}

/** A detail may quote the request: Postgres stores neither NUL nor half of a surrogate pair. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}
