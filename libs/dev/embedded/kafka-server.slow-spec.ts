import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Kafka, Partitioners, logLevel } from 'kafkajs';
import { freePort } from '#dev/testing/free-port';
import { kafkaJars } from './kafka-jars.js';
import { type KafkaServer, startKafka } from './kafka-server.js';

let dataDir: string;
const running: KafkaServer[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'lockstep-kafka-'));
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
  await rm(dataDir, { recursive: true, force: true });
});

async function start(environment?: Record<string, string>): Promise<KafkaServer> {
  const server = await startKafka({
    dataDir,
    port: await freePort(),
    controllerPort: await freePort(),
    onLog: () => undefined,
    shortLived: true,
    ...(environment === undefined ? {} : { environment }),
  });
  running.push(server);
  return server;
}

test('keeps its records across a restart on other ports', async () => {
  const first = await start();
  await produce(first.brokers, 'kept', 'one');
  await first.stop();
  const second = await start();
  expect(await firstRecord(second.brokers, 'kept')).toBe('one');
}, 40_000);

test('without Java, the error says what to install or set', async () => {
  const refusal = start({ PATH: '' });
  await expect(refusal).rejects.toMatchObject({ code: 'java_missing' });
  await expect(refusal).rejects.toThrow(/Java 17 or newer \(found none\).*KAFKA_BROKERS/);
});

test('the error names a Java version that is too old', async () => {
  const java = path.join(dataDir, 'bin', 'java');
  await mkdir(path.dirname(java));
  await writeFile(java, '#!/bin/sh\necho \'openjdk version "11.0.2" 2019-01-15\' >&2\n');
  await chmod(java, 0o755);
  await expect(start({ JAVA_HOME: dataDir, PATH: '' })).rejects.toThrow(/found Java 11/);
});

test('without Maven and cached jars, the error says what to install or set', async () => {
  const refusal = kafkaJars({ PATH: '' }, () => undefined, undefined, dataDir);
  await expect(refusal).rejects.toMatchObject({ code: 'maven_missing' });
  await expect(refusal).rejects.toThrow(/install Maven.*KAFKA_BROKERS/);
});

async function produce(brokers: string, topic: string, value: string): Promise<void> {
  const kafka = client(brokers);
  const admin = kafka.admin();
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await Promise.all([admin.connect(), producer.connect()]);
  try {
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] });
    await producer.send({ topic, acks: -1, messages: [{ value }] });
  } finally {
    await Promise.all([admin.disconnect(), producer.disconnect()]);
  }
}

async function firstRecord(brokers: string, topic: string): Promise<string | undefined> {
  const consumer = client(brokers).consumer({ groupId: 'reader', sessionTimeout: 3000, heartbeatInterval: 500 });
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({ eachMessage: ({ message }) => Promise.resolve(resolve(message.value?.toString())) });
    return await promise;
  } finally {
    await consumer.disconnect();
  }
}

function client(brokers: string): Kafka {
  return new Kafka({ clientId: 'test', brokers: [brokers], logLevel: logLevel.NOTHING });
}
