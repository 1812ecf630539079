/** The bare dispatcher: admits the events from Kafka under the shard's lease and hands them to the lanes. */
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { kafka } from './kafka.mjs';
import { createLanes } from './lanes.mjs';
import { settings, statement } from './settings.mjs';

const ADMISSION_EVENTS = 500;
const MAX_QUEUED = 20_000;

const pool = new pg.Pool({ connectionString: settings.databaseUrl, max: 6 });
const lanes = createLanes(pool);
const admit = statement('admit');

async function admitMessages(messages, shard) {
  const events = messages.map(({ headers, key, value }) => ({ eventId: headers.id.toString(), entity: key.toString(), payload: value.toString() }));
  const columns = [events.map(({ eventId }) => eventId), events.map(({ entity }) => entity), events.map(({ payload }) => payload)];
  const { rows } = await pool.query({ ...admit, values: [...columns, shard] });
  const deliveryOf = new Map(rows.map((row) => [row.event_id, row.id]));
  for (const event of events) {
    const delivery = deliveryOf.get(event.eventId);
    if (delivery !== undefined) lanes.add({ ...event, delivery });
  }
}

async function eachBatch({ batch, resolveOffset, commitOffsetsIfNecessary, heartbeat }) {
  while (lanes.queued > MAX_QUEUED) {
    await delay(20);
    await heartbeat();
  }
  for (let from = 0; from < batch.messages.length; from += ADMISSION_EVENTS) {
    const messages = batch.messages.slice(from, from + ADMISSION_EVENTS);
    await admitMessages(messages, batch.partition);
    resolveOffset(messages.at(-1).offset);
    await heartbeat();
  }
  await commitOffsetsIfNecessary();
}

const consumer = kafka.consumer({ groupId: settings.group, maxWaitTimeInMs: 50, minBytes: 1, maxBytesPerPartition: 1 << 20 });
consumer.on(consumer.events.GROUP_JOIN, () => process.send?.('ready'));
await consumer.connect();
await consumer.subscribe({ topic: settings.topic, fromBeginning: true });
await consumer.run({ eachBatchAutoResolve: false, autoCommit: true, partitionsConsumedConcurrently: 4, eachBatch });
