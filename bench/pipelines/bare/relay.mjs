import pg from 'pg';
import { Partitioners } from 'kafkajs';
import { kafka } from './kafka.mjs';
import { settings } from './settings.mjs';

const BATCH_ROWS = 500;
const POLL_MS = 20;

/** Sends outbox rows to Kafka, lowest id first, and deletes them once Kafka has acknowledged them. */
export async function startRelay() {
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, allowAutoTopicCreation: false, maxInFlightRequests: 1 });
  const client = new pg.Client({ connectionString: settings.databaseUrl });
  await Promise.all([producer.connect(), client.connect()]);
  let wake = () => undefined;

  async function run() {
    for (;;) {
      const { rows } = await client.query({ name: 'read', text: `select id, entity, key, payload from outbox order by id limit ${BATCH_ROWS}` });
      if (rows.length === 0) {
        await nudgeOr(POLL_MS);
        continue;
      }
      const messages = rows.map(({ entity, key, payload }) => ({ key: entity, value: payload, headers: { id: key } }));
      await producer.send({ topic: settings.topic, acks: -1, messages });
      await client.query({ name: 'delete', text: 'delete from outbox where id = any($1)', values: [rows.map(({ id }) => id)] });
    }
  }

  function nudgeOr(pollMs) {
    return new Promise((resolve) => {
      wake = resolve;
      setTimeout(resolve, pollMs);
    });
  }

  run().catch((error) => {
    console.error(error);
    process.exit(1);
  });
  return { nudge: () => wake() };
}
