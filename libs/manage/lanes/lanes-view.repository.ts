import { Injectable } from '@nestjs/common';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { ListsDatabase } from '#manage/lists-database.module';
import { findLane } from './find-lane.queries.js';
import { type IListLanesResult, listLanes } from './list-lanes.queries.js';
import { markLane } from './mark-lane.queries.js';

export type LaneRow = IListLanesResult;

export interface LaneFilter {
  readonly tenant: string;
  /** An endpoint's UUID. */
  readonly endpoint: string | undefined;
  readonly entity: string | undefined;
  readonly state: string | undefined;
  readonly sort: 'age' | 'depth';
}

export interface LaneMarking {
  readonly tenant: string;
  readonly endpoint: string;
  readonly entity: string;
  readonly action: 'pause' | 'resume' | 'skip';
  /** From `auditedBy`. */
  readonly by: string;
  readonly subject: string;
  readonly reason: string | undefined;
  /** Skips only this event's delivery. */
  readonly event: string | undefined;
}

/** Waiting lanes of all tenants that a list looks up by the index of pending deliveries, which takes 0.2 ms each with 30 days. */
const FEW_LANES = 1_000;

/** Reads lanes, and stores what operators want of them. */
@Injectable()
export class LanesViewRepository {
  constructor(
    @InjectDatabase('api') private readonly database: Database,
    private readonly lists: ListsDatabase,
  ) {}

  list(filter: LaneFilter, [afterPlace, afterId]: readonly [number, number], limit: number): Promise<LaneRow[]> {
    const database = this.lists.of(filter.tenant, 'give `entity` or `endpoint`, or sort by `depth`');
    return listLanes.run({ ...filter, few: FEW_LANES, afterPlace, afterId, limit }, database);
  }

  async find(tenant: string, endpoint: string, entity: string): Promise<LaneRow | undefined> {
    return (await findLane.run({ tenant, endpoint, entity }, this.database))[0];
  }

  /** @returns undefined if the lane does not exist; a null head if there was nothing to skip */
  async mark(marking: LaneMarking): Promise<{ head: number | null } | undefined> {
    return (await markLane.run(marking, this.database))[0];
  }
}
