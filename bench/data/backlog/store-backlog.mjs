import { readFileSync } from 'node:fs';
import path from 'node:path';
import { entityShards } from '../entity-shards.mjs';
import { untilRelayed } from '../../measure/relayed.mjs';

const ENTITIES = 1_000;
/** As many as a statement takes within a second or two, so that the relay has work meanwhile. */
const CHUNK_EVENTS = 25_000;

/**
 * Stores events as if a gateway had accepted them, and waits until its relay has sent them to Kafka. The n-th has the key
 * `backlog-<n>` and goes to the (n mod 1,000)-th entity.
 * @param {string} [type] of the events; the bare pipeline has one type
 */
export async function storeBacklog({ pipeline }, events, type = 'order.created') {
  const text = readFileSync(path.join(import.meta.dirname, `${pipeline.name}.sql`), 'utf8');
  const values = pipeline.name === 'product' ? [ENTITIES, await entityShards(ENTITIES), type] : [ENTITIES];
  for (let first = 0; first < events; first += CHUNK_EVENTS) {
    await pipeline.ground.query(text, [first, Math.min(first + CHUNK_EVENTS, events) - 1, ...values]);
  }
  await untilRelayed(pipeline);
}
