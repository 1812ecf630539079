import type { DeliveryItem } from './delivery-item.js';
import type { LaneRecord } from './shard-lanes.js';
import type { LanesRepository } from './lanes.repository.js';
import { GroupCommit } from '#ground/postgres/group-commit';

/**
 * Loads the windows of lanes whose turn has come: those that come while one load is under way share the next. What one
 * statement may bring is bounded by bytes; a lane that didn't fit is asked for again, behind those that wait.
 */
export class WindowLoader {
  private readonly loads: GroupCommit<LaneRecord, DeliveryItem[] | undefined>;

  constructor(repository: Pick<LanesRepository, 'windows'>) {
    // 200: with 16 deliveries each, more rows at once would hold up the event loop.
    this.loads = new GroupCommit({ maxItems: 200, commit: (records) => repository.windows(records) });
  }

  /** The record's next pending deliveries from its head on; none when Postgres has none there. */
  async load(record: LaneRecord): Promise<DeliveryItem[]> {
    for (;;) {
      const window = await this.loads.add(record);
      if (window !== undefined) return window;
    }
  }
}
