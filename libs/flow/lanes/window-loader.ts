import type { DeliveryItem } from './delivery-item.js';
import type { LaneRecord } from './shard-lanes.js';
import type { LanesRepository } from './lanes.repository.js';
import { GroupCommit } from '#ground/postgres/group-commit';

/**
 * Loads the windows of lanes whose turn has come. Lanes that come during one load share the next. The bytes of one load
 * are bounded; a lane that did not fit is asked for again, behind the lanes that wait.
 */
export class WindowLoader {
  private readonly loads: GroupCommit<LaneRecord, DeliveryItem[] | undefined>;

  constructor(repository: Pick<LanesRepository, 'windows'>) {
    // 200: with 16 deliveries each, more rows at once would hold up the event loop.
    this.loads = new GroupCommit({ maxItems: 200, isRepeatable: true, commit: (records) => repository.windows(records) });
  }

  /** The record's next pending deliveries from its head on; none when Postgres has none there. */
  async load(record: LaneRecord): Promise<DeliveryItem[]> {
    for (;;) {
      const window = await this.loads.add(record);
      if (window !== undefined) return window;
    }
  }
}
