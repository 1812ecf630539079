import type { Topics } from '#kafka/topics';
import type { Database } from '#postgres/pool';
import { readDispatchOutbox } from './read-dispatch-outbox.queries.js';
import { READ_BOUNDS, type RelayRow, type RelaySource } from './relay-source.js';

/** Records that outcomes and operators' actions made (retry tokens, dead letters, nudges), on their way to their topics. */
export class DispatchOutbox implements RelaySource<RelayRow> {
  constructor(
    private readonly database: Database,
    private readonly topics: Topics,
  ) {}

  async next(shards: readonly number[], moved: readonly RelayRow[]): Promise<readonly RelayRow[]> {
    const movedShards = moved.map(({ shard }) => shard);
    const movedIds = moved.map(({ sequence }) => sequence);
    const rows = await readDispatchOutbox.run({ shards: [...shards], movedShards, movedIds, ...READ_BOUNDS }, this.database);
    return rows.map(({ id, shard, topic, key, headers, value }) => ({
      sequence: id,
      shard,
      topic: this.topics.named(topic),
      message: { key, value, partition: shard, headers: headers as Record<string, string> },
    }));
  }
}
