import { readFileSync } from 'node:fs';
import path from 'node:path';
import { entityShards } from '../entity-shards.mjs';
import { untilRelayed } from '../../measure/relayed.mjs';

const ENTITIES = 1_000;
/** A statement stores these in one to two seconds, and the relay sends them while the next ones are stored. */
const CHUNK_EVENTS = 25_000;

/**
 * Stores events as if a gateway had accepted them, and waits until its relay has sent them to Kafka. Event n has the key
 * `backlog-<n>` and belongs to entity n mod 1,000.
 * @param {string} [type] of the events; the bare pipeline ignores it
 */
export async function storeBacklog({ pipeline }, events, type = 'order.created') {
  const text = readFileSync(path.join(import.meta.dirname, `${pipeline.name}.sql`), 'utf8');
  const values = pipeline.name === 'product' ? [ENTITIES, await entityShards(ENTITIES), type] : [ENTITIES];
  for (let first = 0; first < events; first += CHUNK_EVENTS) {
    await pipeline.data.query(text, [first, Math.min(first + CHUNK_EVENTS, events) - 1, ...values]);
  }
  await untilRelayed(pipeline);
}
