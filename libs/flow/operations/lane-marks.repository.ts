import { Injectable } from '@nestjs/common';
import { InjectDatabase } from '#ground/postgres/inject-postgres';
import type { Database } from '#ground/postgres/pool';
import { findMarkedLanes } from './find-marked-lanes.queries.js';
import { findSkippedLanes, type IFindSkippedLanesResult } from './find-skipped-lanes.queries.js';
import { type LaneStop, stopOf } from '#flow/lanes/lane-stop';
import { skipDelivery } from './skip-delivery.queries.js';

/** A lane as an operator has marked it. */
export interface LaneMark {
  readonly lane: number;
  readonly shard: number;
  readonly stopped: LaneStop | undefined;
  /** When it was marked last. */
  readonly changedAtMs: number;
}

/** How far back a shard's marks are read, by the database's clock. */
export interface ShardMarks {
  readonly shard: number;
  readonly sinceMs: number;
}

/** Marks of one shard in one page: a takeover reads all that it has. */
const PAGE = 500;
/** Skips that are applied at the same time. */
const MAX_SKIPS = 1_000;

/** Operators' marks on lanes, for the shards' owners. */
@Injectable()
export class LaneMarksRepository {
  constructor(@InjectDatabase('operations') private readonly database: Database) {}

  /** Pages of the marks since each shard's time or within the last milliseconds; of each shard in the order of their times. */
  async *find(shards: readonly ShardMarks[], withinMs: number): AsyncGenerator<LaneMark[], void> {
    for (let reads = shards.map((marks) => ({ ...marks, mark: '-infinity', lane: 0 })); reads.length > 0; ) {
      const rows = await findMarkedLanes.run(
        {
          shards: reads.map(({ shard }) => shard), sinceMs: reads.map(({ sinceMs }) => sinceMs),
          afterMarks: reads.map(({ mark }) => mark), afterLanes: reads.map(({ lane }) => lane), withinMs, limit: PAGE,
        },
        this.database,
      );
      yield rows.map(({ lane, shard, paused, halted, changedAtMs }) => ({ lane, shard, stopped: stopOf(paused, halted === true), changedAtMs }));
      const byShard = Map.groupBy(rows, ({ shard }) => shard);
      reads = reads.flatMap((read) => {
        const page = byShard.get(read.shard) ?? [];
        const last = page.at(-1);
        return last === undefined || page.length < PAGE ? [] : [{ ...read, mark: last.markedAt, lane: last.lane }];
      });
    }
  }

  /** Lanes whose skip is still to be applied. */
  findSkips(shards: readonly number[]): Promise<IFindSkippedLanesResult[]> {
    return findSkippedLanes.run({ shards: [...shards], limit: MAX_SKIPS }, this.database);
  }

  /** Applies the lane's skip; nothing of the lane may be in flight. @returns of each delivery that was discarded its endpoint */
  async skip(shard: number, epoch: number, lane: number): Promise<{ held: boolean; discarded: readonly number[] }> {
    const [row] = await skipDelivery.run({ shard, epoch, lane }, this.database);
    return { held: row?.held === true, discarded: row?.discarded ?? [] };
  }
}
