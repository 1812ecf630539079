import { Injectable } from '@nestjs/common';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { countDeadLetters } from './count-dead-letters.queries.js';
import { createEventReplay } from './create-event-replay.queries.js';
import { createReplay, type replay_action } from './create-replay.queries.js';
import { findEndpointKey } from './find-endpoint-key.queries.js';
import { findReplay, type IFindReplayResult } from './find-replay.queries.js';

export type ReplayAction = replay_action;
export type ReplayRow = IFindReplayResult;

/** Selects dead letters. Undefined matches all. */
export interface ReplayFilter {
  readonly tenant: string;
  readonly action: ReplayAction;
  /** The endpoint's narrow key. */
  readonly endpoint: number | undefined;
  readonly entity: string | undefined;
  readonly type: string | undefined;
  readonly from: Date | undefined;
  readonly to: Date | undefined;
}

@Injectable()
export class ReplaysRepository {
  constructor(@InjectDatabase('api') private readonly database: Database) {}

  async findEndpoint(tenant: string, publicId: string): Promise<number | undefined> {
    return (await findEndpointKey.run({ tenant, publicId }, this.database))[0]?.id;
  }

  async count(filter: ReplayFilter): Promise<number> {
    return (await countDeadLetters.run(filter, this.database))[0]?.matched ?? 0;
  }

  /** @returns the number of matching dead letters */
  async create(filter: ReplayFilter, ids: { id: string; subject: string; actor: string }): Promise<number> {
    const { tenant, action, endpoint, entity, type, from, to } = filter;
    const described = JSON.stringify({ endpoint, entity, type, from, to });
    return (await createReplay.run({ ...ids, tenant, action, endpoint, entity, type, from, to, filter: described }, this.database))[0]?.matched ?? 0;
  }

  /** @returns the number of deliveries, or undefined if the event does not exist */
  async createForEvent(parameters: { id: string; event: string; tenant: string; subject: string; actor: string }): Promise<number | undefined> {
    return (await createEventReplay.run(parameters, this.database))[0]?.matched;
  }

  async find(tenant: string, id: string): Promise<ReplayRow | undefined> {
    return (await findReplay.run({ tenant, id }, this.database))[0];
  }
}
