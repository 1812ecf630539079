import type { DeliveryItem } from './delivery-item.js';
import type { LaneRecord } from './shard-lanes.js';
import type { LanesRepository } from './lanes.repository.js';
import { GroupCommit } from '#postgres/group-commit';

/** Loads the windows of lanes whose turn has come: those that come while one load is under way share the next. */
export class WindowLoader {
  private readonly loads: GroupCommit<LaneRecord, DeliveryItem[]>;

  constructor(repository: LanesRepository) {
    // 200: with 16 deliveries each, more rows at once would hold up the event loop.
    this.loads = new GroupCommit({ maxItems: 200, commit: (records) => repository.windows(records) });
  }

  load(record: LaneRecord): Promise<DeliveryItem[]> {
    return this.loads.add(record);
  }
}
