import { type Admin, Kafka, logLevel } from 'kafkajs';
import { readParked } from '../evidence.js';
import type { Rig } from '../rig.js';
import { type FaultAction, nothingToEnd } from './ongoing-fault.js';

async function withAdmin(rig: Rig, act: (admin: Admin) => Promise<void>): Promise<void> {
  const admin = new Kafka({ brokers: [rig.servers.kafkaBrokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    await act(admin);
  } finally {
    await admin.disconnect();
  }
}

/** Deletes all records of `events`, read or not, as retention does to a consumer that is too late. */
export const deleteLog: FaultAction = async (rig) => {
  const topic = `${rig.topicPrefix}events`;
  await withAdmin(rig, async (admin) => {
    const ends = await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: ends.map(({ partition, high }) => ({ partition, offset: high })) });
  });
  return nothingToEnd;
};

/** Deletes all topics; the apps create them again, empty. Reads the `dlq` topic first, because it is evidence. */
export const recreateTopics: FaultAction = async (rig) => {
  rig.parked.push(...(await readParked(rig)));
  await withAdmin(rig, async (admin) => {
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(rig.topicPrefix));
    await admin.deleteTopics({ topics });
  });
  return nothingToEnd;
};
