import { Injectable } from '@nestjs/common';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { LookBounds } from '#ground/polling/look-back';
import type { Database } from '#ground/postgres/pool';
import { findMarkedLanes } from './find-marked-lanes.queries.js';
import { type LaneStop, stopOf } from '#flow/lanes/lane-stop';
import { skipDelivery } from './skip-delivery.queries.js';

/** A lane as an operator has marked it. */
export interface LaneMark {
  readonly lane: number;
  readonly shard: number;
  readonly stopped: LaneStop | undefined;
  /** Whether a delivery is to be skipped. */
  readonly skips: boolean;
  /** When it was marked last; 0: never, it is to be skipped only. */
  readonly changedAtMs: number;
}

/** Operators' marks on lanes, for the shards' owners. */
@Injectable()
export class LaneMarksRepository {
  constructor(@InjectDatabase('operations') private readonly database: Database) {}

  /** Marks within these bounds, and skips that are still to be applied. */
  async find(shards: readonly number[], bounds: LookBounds): Promise<LaneMark[]> {
    const rows = await findMarkedLanes.run({ shards: [...shards], ...bounds }, this.database);
    return rows.map(({ lane, shard, paused, halted, skips, changedAtMs }) => ({
      lane, shard, stopped: stopOf(paused, halted === true), skips: skips === true, changedAtMs: changedAtMs ?? 0,
    }));
  }

  /** Applies the lane's skip; nothing of the lane may be in flight. */
  async skip(shard: number, epoch: number, lane: number): Promise<{ held: boolean; discarded: number }> {
    const [row] = await skipDelivery.run({ shard, epoch, lane }, this.database);
    return { held: row?.held === true, discarded: row?.discarded ?? 0 };
  }
}
