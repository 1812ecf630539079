import { Injectable } from '@nestjs/common';
import { LockstepError } from '#domain/problem';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { isStatementTimeout } from '#ground/postgres/sql-errors';
import { type AcceptedRange, idsIn } from '#manage/events/accepted-range';
import { ListsDatabase, MAX_ROWS_READ } from '#manage/lists-database.module';
import { cancelReplay } from './cancel-replay.queries.js';
import { CountsDatabase } from './counts-database.module.js';
import { countDeadLetters } from './count-dead-letters.queries.js';
import { createEndpointReplay } from './create-endpoint-replay.queries.js';
import { createEventReplay } from './create-event-replay.queries.js';
import { createReplay, type replay_action } from './create-replay.queries.js';
import { findEndpointKey } from './find-endpoint-key.queries.js';
import { findReplay, type IFindReplayResult } from './find-replay.queries.js';
import { type IListReplaysResult, listReplays } from './list-replays.queries.js';

export type ReplayAction = replay_action;
export type ReplayRow = IFindReplayResult;
export type ListedReplayRow = IListReplaysResult;

export interface ReplayListFilter {
  readonly tenant: string;
  readonly action: ReplayAction | undefined;
  readonly status: string | undefined;
  /** An endpoint's UUID. */
  readonly endpointId: string | undefined;
  /** Microseconds since 1970. */
  readonly from: number;
}

/** Selects dead letters. Undefined matches all. */
export interface ReplayFilter extends AcceptedRange {
  readonly tenant: string;
  readonly action: ReplayAction;
  /** The endpoint's narrow key. */
  readonly endpoint: number | undefined;
  readonly entity: string | undefined;
  readonly type: string | undefined;
}

/** Selects past events of one endpoint, whether their deliveries were delivered or are dead. */
export interface EndpointReplayFilter {
  readonly tenant: string;
  readonly endpoint: number;
  readonly from: Date;
  readonly to: Date;
  readonly entity: string | undefined;
  readonly type: string | undefined;
}

@Injectable()
export class ReplaysRepository {
  constructor(
    @InjectDatabase('api') private readonly database: Database,
    private readonly counts: CountsDatabase,
    private readonly lists: ListsDatabase,
  ) {}

  /** @returns its narrow key @param orDeleted whether a deleted endpoint counts */
  async findEndpoint(tenant: string, publicId: string, orDeleted: boolean): Promise<number | undefined> {
    return (await findEndpointKey.run({ tenant, publicId, orDeleted }, this.database))[0]?.id;
  }

  /** @throws LockstepError overloaded when there are too many to count in time */
  async count(filter: ReplayFilter): Promise<number> {
    return (await countDeadLetters.run({ ...filter, ...idsIn(filter) }, this.countsOf(filter)))[0]?.matched ?? 0;
  }

  /**
   * @param ids `by` is from `auditedBy`
   * @returns the number of matching dead letters
   * @throws LockstepError overloaded when there are too many to count in time; then no replay exists
   */
  async create(filter: ReplayFilter, ids: { id: string; subject: string; by: string }): Promise<number> {
    const { tenant, action, endpoint, entity, type, from, to } = filter;
    const described = JSON.stringify({ entity, type, from, to });
    const parameters = { ...ids, ...idsIn(filter), tenant, action, endpoint, entity, type, from, to, filter: described };
    return (await createReplay.run(parameters, this.countsOf(filter)))[0]?.matched ?? 0;
  }

  /**
   * @param ids `by` is from `auditedBy`
   * @returns the replay, or the equal one that is running or was asked for in the last 10 s; the number of matching deliveries
   * @throws LockstepError overloaded when there are too many to count in time; then no replay exists
   */
  async createForEndpoint(filter: EndpointReplayFilter, ids: { id: string; by: string }, dryRun: boolean): Promise<{ id: string; matched: number }> {
    const { entity, type, from, to } = filter;
    const described = JSON.stringify({ entity, type, from, to, status: 'any' });
    const [row] = await createEndpointReplay.run({ ...filter, ...ids, ...idsIn(filter), dryRun, filter: described }, this.countsOf(filter));
    return row ?? { id: ids.id, matched: 0 };
  }

  private countsOf({ tenant, endpoint }: Pick<ReplayFilter, 'tenant' | 'endpoint'>): Database {
    return this.counts.of(tenant, `give ${endpoint === undefined ? '`endpoint`, or ' : ''}a smaller range of \`from\` and \`to\`, and repeat it for the next range`);
  }

  /** @param parameters `by` is from `auditedBy` @returns the number of deliveries, or undefined if the event does not exist */
  async createForEvent(parameters: { id: string; event: string; tenant: string; subject: string; by: string }): Promise<number | undefined> {
    return (await createEventReplay.run(parameters, this.database))[0]?.matched;
  }

  /** Newest first, below the place. Reads a bounded number of rows, so fewer than `limit` may come (see `pageOfRead`). */
  list(filter: ReplayListFilter, [beforeMoment, beforeId]: readonly [number, string], limit: number): Promise<ListedReplayRow[]> {
    return listReplays.run({ ...filter, beforeMoment, beforeId, mostRead: MAX_ROWS_READ, limit }, this.lists.of(filter.tenant, 'give a smaller range of `from` and `to`'));
  }

  /**
   * Cancels the replay, unless it has ended: no batch of it is applied any more.
   * @param parameters `by` is from `auditedBy`
   * @returns whether it is cancelled, now or before; undefined if it does not exist
   * @throws LockstepError overloaded if a batch that is being applied takes too long; then nothing is cancelled
   */
  async cancel(parameters: { tenant: string; id: string; subject: string; by: string }): Promise<boolean | undefined> {
    try {
      return (await cancelReplay.run(parameters, this.database))[0]?.cancelled;
    } catch (error) {
      if (!(error instanceof LockstepError && isStatementTimeout(error.cause))) throw error;
      throw new LockstepError('overloaded', 'A batch of the replay is being applied, and takes long: nothing is cancelled yet, so cancel it again', { cause: error, retryAfterSeconds: 1 });
    }
  }

  async find(tenant: string, id: string): Promise<ReplayRow | undefined> {
    return (await findReplay.run({ tenant, id }, this.database))[0];
  }
}
