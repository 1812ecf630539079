import { Injectable } from '@nestjs/common';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { type AcceptedRange, idsIn } from '#manage/events/accepted-range';
import { CountsDatabase } from './counts-database.module.js';
import { countDeadLetters } from './count-dead-letters.queries.js';
import { createEndpointReplay } from './create-endpoint-replay.queries.js';
import { createEventReplay } from './create-event-replay.queries.js';
import { createReplay, type replay_action } from './create-replay.queries.js';
import { findEndpointKey } from './find-endpoint-key.queries.js';
import { findReplay, type IFindReplayResult } from './find-replay.queries.js';

export type ReplayAction = replay_action;
export type ReplayRow = IFindReplayResult;

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
  ) {}

  async findEndpoint(tenant: string, publicId: string): Promise<number | undefined> {
    return (await findEndpointKey.run({ tenant, publicId }, this.database))[0]?.id;
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
    const described = JSON.stringify({ endpoint, entity, type, from, to });
    const parameters = { ...ids, ...idsIn(filter), tenant, action, endpoint, entity, type, from, to, filter: described };
    return (await createReplay.run(parameters, this.countsOf(filter)))[0]?.matched ?? 0;
  }

  /**
   * @param ids `by` is from `auditedBy`
   * @returns the number of matching deliveries
   * @throws LockstepError overloaded when there are too many to count in time; then no replay exists
   */
  async createForEndpoint(filter: EndpointReplayFilter, ids: { id: string; subject: string; by: string }, dryRun: boolean): Promise<number> {
    const { endpoint, entity, type, from, to } = filter;
    const described = JSON.stringify({ endpoint, entity, type, from, to, status: 'any' });
    return (await createEndpointReplay.run({ ...filter, ...ids, ...idsIn(filter), dryRun, filter: described }, this.countsOf(filter)))[0]?.matched ?? 0;
  }

  private countsOf({ tenant }: Pick<ReplayFilter, 'tenant'>): Database {
    return this.counts.of(tenant, 'give `endpoint`, or a smaller range of `from` and `to`, and repeat it for the next range');
  }

  /** @param parameters `by` is from `auditedBy` @returns the number of deliveries, or undefined if the event does not exist */
  async createForEvent(parameters: { id: string; event: string; tenant: string; subject: string; by: string }): Promise<number | undefined> {
    return (await createEventReplay.run(parameters, this.database))[0]?.matched;
  }

  async find(tenant: string, id: string): Promise<ReplayRow | undefined> {
    return (await findReplay.run({ tenant, id }, this.database))[0];
  }
}
