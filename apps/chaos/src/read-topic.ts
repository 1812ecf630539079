import type { Kafka } from 'kafkajs';
import { type ReadRecord, TopicReader } from '#dev/testing/topic-reader';
import { waitUntil } from '#dev/testing/wait-until';

const READ_LIMIT_MS = 60_000;

/** All records of a topic, those of each partition in order. */
export async function readTopic(kafka: Kafka, topic: string): Promise<readonly ReadRecord[]> {
  const admin = kafka.admin();
  await admin.connect();
  const offsets = await admin.fetchTopicOffsets(topic).finally(() => admin.disconnect());
  const count = offsets.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0);
  if (count === 0) return [];
  const reader = await TopicReader.start(kafka, [topic]);
  try {
    await waitUntil(() => `${count} records of ${topic}, have ${reader.records.length}`, () => reader.records.length >= count, READ_LIMIT_MS);
    return reader.records;
  } finally {
    await reader.stop();
  }
}
