import { readFileSync } from 'node:fs';
import path from 'node:path';
import { startProgram } from '../processes.mjs';
import { deleteTopics } from '../servers.mjs';

const SIGNING_SECRET = 'supersecret';
const PARTITIONS = 8;

/** Starts the bare pipeline on a database and a topic of its own. The relay runs in the gateway. */
export async function startBare({ id, servers, receiver, folder, freePort, delivers }) {
  const database = `bench_bare_${id}`;
  const databaseUrl = await servers.databases.create(database);
  await servers.databases.query(databaseUrl, readFileSync(path.join(import.meta.dirname, 'schema.sql'), 'utf8'));
  const topic = `bare-${id}.events`;
  await createTopic(servers.kafka, topic);
  const port = await freePort();
  const env = {
    PATH: process.env.PATH,
    DATABASE_URL: databaseUrl,
    KAFKA_BROKERS: servers.kafkaBrokers,
    BARE_TOPIC: topic,
    BARE_GROUP: `bare-${id}`,
    BARE_RECEIVER_URL: receiver.url,
    BARE_SIGNING_SECRET: SIGNING_SECRET,
    PORT: String(port),
  };
  const start = async (app) => {
    const program = startProgram({ name: `bare-${id}-${app}`, file: path.join(import.meta.dirname, `${app}.mjs`), env, folder });
    await program.whenReady(program.hasReported);
    return program;
  };
  const gateway = await start('gateway');
  const dispatcher = delivers ? await start('dispatcher') : undefined;
  return {
    pids: { gateway: gateway.pid, ...(dispatcher === undefined ? {} : { dispatcher: dispatcher.pid }) },
    loadArguments: ['--url', `http://127.0.0.1:${port}/webhooks`, '--sign', SIGNING_SECRET],
    countStored: async () => Number((await servers.databases.query(databaseUrl, 'select count(*) from idempotency_keys'))[0].count),
    stopDispatcher: () => dispatcher?.stop(),
    stop: async () => {
      await Promise.all([gateway.stop(), dispatcher?.stop()]);
      await servers.databases.drop(database);
      await deleteTopics(servers.kafka, `bare-${id}.`);
    },
  };
}

async function createTopic(kafka, topic) {
  const admin = kafka.admin();
  await admin.connect();
  try {
    await admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions: PARTITIONS, replicationFactor: 1 }] });
    await untilLed(admin, topic);
  } finally {
    await admin.disconnect();
  }
}

/** A topic that was just made is unknown to the broker's metadata for a moment, longer on a busy machine. */
async function untilLed(admin, topic) {
  const deadline = performance.now() + 20_000;
  while (!(await isLed(admin, topic))) {
    if (performance.now() > deadline) throw new Error(`Kafka has had no leaders for ${topic} for 20 s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function isLed(admin, topic) {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics[0].partitions.every(({ leader }) => leader >= 0);
  } catch (error) {
    if (error.type === 'UNKNOWN_TOPIC_OR_PARTITION' || error.type === 'LEADER_NOT_AVAILABLE') return false;
    throw error;
  }
}
