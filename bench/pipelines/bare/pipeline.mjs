import { readFileSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '../../harness/built-code.mjs';
import { createPipelineData } from '../../harness/pipeline-data.mjs';
import { startProgram } from '../../harness/processes.mjs';
import { MAIN_HOOK } from '../../load/receiver-handle.mjs';

const SIGNING_SECRET = 'supersecret';
const PARTITIONS = 8;

/**
 * Starts the bare pipeline with a database and a topic of its own, and with one endpoint. The relay runs in the gateway.
 * @param {object} bench servers, folder, receiver
 */
export async function startBare({ servers, folder, receiver }, { dispatchers = 1 } = {}) {
  const data = await createPipelineData(servers, 'bare');
  await data.query(readFileSync(path.join(import.meta.dirname, 'schema.sql'), 'utf8'));
  const topic = `${data.topicPrefix}events`;
  await createTopic(servers.kafka, topic);
  const port = await freePort();
  const env = {
    PATH: process.env.PATH,
    DATABASE_URL: data.databaseUrl,
    KAFKA_BROKERS: servers.kafkaBrokers,
    BARE_TOPIC: topic,
    BARE_GROUP: `bare-${data.id}`,
    BARE_RECEIVER_URL: receiver.urlOf(MAIN_HOOK),
    BARE_SIGNING_SECRET: SIGNING_SECRET,
    PORT: String(port),
  };
  const start = async (app) => {
    const program = startProgram({ name: `bare-${data.id}-${app}`, file: path.join(import.meta.dirname, `${app}.mjs`), env, folder });
    await program.whenReady(program.hasReported);
    return program;
  };
  const gateway = await start('gateway');
  let dispatcher;
  const pipeline = {
    name: 'bare',
    data,
    get pids() {
      return { gateway: gateway.pid, ...(dispatcher === undefined ? {} : { dispatcher: dispatcher.pid }) };
    },
    loadArguments: ['--url', `http://127.0.0.1:${port}/webhooks`, '--sign', SIGNING_SECRET],
    countEvents: async () => Number((await data.query('select count(*) from idempotency_keys'))[0].count),
    countWaiting: async () => Number((await data.query('select count(*) from outbox'))[0].count),
    startDispatchers: async () => {
      dispatcher = await start('dispatcher');
    },
    stopDispatchers: async () => {
      await dispatcher?.stop();
      dispatcher = undefined;
    },
    stop: async () => {
      await Promise.all([gateway.stop(), dispatcher?.stop()]);
    },
  };
  if (dispatchers > 0) await pipeline.startDispatchers();
  return pipeline;
}

async function createTopic(kafka, topic) {
  const admin = kafka.admin();
  await admin.connect();
  try {
    await admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions: PARTITIONS, replicationFactor: 1 }] });
    await untilHasLeaders(admin, topic);
  } finally {
    await admin.disconnect();
  }
}

/** The broker's metadata lacks a new topic for a moment, longer on a busy machine. */
async function untilHasLeaders(admin, topic) {
  const deadline = performance.now() + 20_000;
  while (!(await hasLeaders(admin, topic))) {
    if (performance.now() > deadline) throw new Error(`Kafka has no leaders for ${topic} after 20 s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function hasLeaders(admin, topic) {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics[0].partitions.every(({ leader }) => leader >= 0);
  } catch (error) {
    if (error.type === 'UNKNOWN_TOPIC_OR_PARTITION' || error.type === 'LEADER_NOT_AVAILABLE') return false;
    throw error;
  }
}
