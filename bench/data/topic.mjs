import { eventStream } from '../load/event-stream.mjs';

const PARTITIONS = 8;
const RECORDS_PER_SEND = 2_000;

/** Creates a topic with events as another team's producer would write them: keyed by entity, uncompressed. */
export async function fillTopic({ kafka }, topic, events) {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions: PARTITIONS, replicationFactor: 1 }], waitForLeaders: true });
  await admin.disconnect();
  const producer = kafka.producer();
  await producer.connect();
  const nextEvent = eventStream({ prefix: 'record', entities: 1_000 });
  for (let sent = 0; sent < events; sent += RECORDS_PER_SEND) {
    const messages = Array.from({ length: Math.min(RECORDS_PER_SEND, events - sent) }, () => nextEvent()).map(({ body }) => ({ key: JSON.parse(body).entity, value: body }));
    await producer.send({ topic, messages });
  }
  await producer.disconnect();
}
