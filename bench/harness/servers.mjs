import path from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { freePort, startKafka, startPostgres } from './built-code.mjs';

/**
 * Starts one Postgres and one Kafka for all pipelines, with settings that are safe in production: fsync and
 * synchronous_commit are on, producers use acks=all.
 */
export async function startServers(folder, onProgress) {
  const onLog = (line) => (line.startsWith('Fetching') ? onProgress(line) : undefined);
  const starts = await Promise.allSettled([
    freePort().then((port) => startPostgres({ dataDir: path.join(folder, 'postgres'), port, onLog })),
    Promise.all([freePort(), freePort()]).then(([port, controllerPort]) => startKafka({ dataDir: path.join(folder, 'kafka'), port, controllerPort, onLog })),
  ]);
  const stop = () => Promise.all(starts.map(({ value }) => value?.stop()));
  const failed = starts.find(({ status }) => status === 'rejected');
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  const [postgres, kafka] = starts.map(({ value }) => value);
  return {
    pids: { postgres: postgres.pid, kafka: kafka.pid },
    kafkaBrokers: kafka.brokers,
    kafkaLogFolder: path.join(folder, 'kafka', 'log'),
    databases: databasesOf(postgres.url),
    kafka: new Kafka({ clientId: 'bench', brokers: [kafka.brokers], logLevel: logLevel.NOTHING }),
    stop,
  };
}

function databasesOf(serverUrl) {
  const urlOf = (name) => Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href;
  const query = async (url, text, values) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query(text, values)).rows;
    } finally {
      await client.end();
    }
  };
  return {
    /** Creates an empty database and returns its URL. */
    create: async (name) => {
      await query(serverUrl, `create database ${name}`);
      return urlOf(name);
    },
    drop: (name) => query(serverUrl, `drop database ${name} with (force)`),
    /** Before a round: without it, the round would pay for what the previous one wrote. */
    checkpoint: () => query(serverUrl, 'checkpoint'),
    query,
    queryServer: (text) => query(serverUrl, text),
  };
}

/** Deletes the topics whose names start with the prefix. */
export async function deleteTopics(kafka, prefix) {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
    if (topics.length > 0) await admin.deleteTopics({ topics });
  } finally {
    await admin.disconnect();
  }
}
