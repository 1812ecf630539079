import type { Database } from '#ground/postgres/pool';
import { dispatchOutboxDepth } from './dispatch-outbox-depth.queries.js';
import { outboxDepth } from './outbox-depth.queries.js';
import type { OutboxState } from './outbox-gauges.js';

/** Of each shard: counting them takes some 2 ms. */
const MOST_COUNTED = 10_000;

/** Accepted events that are not in Kafka yet. */
export async function readOutboxState(database: Database): Promise<OutboxState> {
  const [row] = await outboxDepth.run({ mostCounted: MOST_COUNTED }, database);
  return { depth: row?.depth ?? 0, oldestAgeSeconds: row?.oldestAgeSeconds ?? 0 };
}

/** Records of these shards in the dispatch outbox. */
export async function readDispatchOutboxState(database: Database, shards: readonly number[]): Promise<OutboxState> {
  const [row] = await dispatchOutboxDepth.run({ shards: [...shards], mostCounted: MOST_COUNTED }, database);
  return { depth: row?.depth ?? 0, oldestAgeSeconds: row?.oldestAgeSeconds ?? 0 };
}
