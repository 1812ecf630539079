import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import kafkajs, { type Admin, type Kafka, type Producer } from 'kafkajs';
import pino from 'pino';
import { type Config, loadConfig } from '#ground/config/config';
import { StartError } from '#ground/process/start-error';
import { sharedServers } from '#dev/testing/shared-servers';
import { waitUntil } from '#dev/testing/wait-until';
import { createKafka } from './client.js';
import { ensureTopics, type TopicsReport } from './ensure-topics.js';

const SMALL_BODY_BYTES = 262_144;
const LARGE_BODY_BYTES = 3_000_000;
const NEEDED_BYTES = LARGE_BODY_BYTES + 65_536;

let kafka: Kafka;
let admin: Admin;
let producer: Producer;
let prefix: string;

beforeAll(async () => {
  kafka = createKafka(configWith({}).kafka, 'test', pino({ level: 'silent' }));
  [admin, producer] = [kafka.admin(), kafka.producer()];
  await Promise.all([admin.connect(), producer.connect()]);
});

afterAll(async () => {
  await Promise.all([admin.disconnect(), producer.disconnect()]);
});

beforeEach(() => {
  prefix = `t${randomBytes(5).toString('hex')}.`;
});

function configWith(env: Record<string, string>): Config {
  return loadConfig({
    DATABASE_URL: 'postgres://x@y/z', KAFKA_BROKERS: sharedServers().kafkaBrokers, LOCKSTEP_SECRET_KEY: 'x'.repeat(32),
    KAFKA_PARTITIONS: '2', KAFKA_TOPIC_PREFIX: prefix ?? 'test.', LOCKSTEP_RETRY_SCHEDULE: '1s', LOCKSTEP_MAX_BODY_BYTES: String(SMALL_BODY_BYTES), ...env,
  });
}

/** The broker of the tests keeps one replica. */
const unchanged = (): TopicsReport => ({ created: [], raised: [], warnings: [], unreplicated: names() });

const names = (): string[] => ['events', 'control', 'dlq', 'retry.1s'].map((name) => `${prefix}${name}`);

/** Entries of a topic that are its own, and not defaults. */
async function entriesOf(topic: string): Promise<Record<string, string>> {
  const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }] });
  const own = resources.flatMap(({ configEntries }) => configEntries).filter(({ configSource }) => configSource === kafkajs.ConfigSource.TOPIC_CONFIG);
  return Object.fromEntries(own.map(({ configName, configValue }) => [configName, configValue]));
}

const takes = (topic: string, bytes: number): Promise<boolean> => producer.send({ topic, messages: [{ partition: 0, value: Buffer.alloc(bytes) }] }).then(() => true, () => false);

describe('ensureTopics', () => {
  it('creates the topics once', async () => {
    expect(await ensureTopics(kafka, configWith({}))).toEqual({ ...unchanged(), created: names() });
    expect(await ensureTopics(kafka, configWith({}))).toEqual(unchanged());
  });

  it('refuses topics with another number of partitions', async () => {
    await ensureTopics(kafka, configWith({}));
    await expect(ensureTopics(kafka, configWith({ KAFKA_PARTITIONS: '5' }))).rejects.toMatchObject({ code: 'topics_unsuitable', retriable: false });
  });

  it('names missing topics when it may not create them, and may be called again', async () => {
    const missing = ensureTopics(kafka, configWith({ KAFKA_CREATE_TOPICS: 'false', LOCKSTEP_RETRY_SCHEDULE: '7s' }));
    await expect(missing).rejects.toThrow(`${prefix}retry.7s`);
    await expect(missing).rejects.toMatchObject({ retriable: true });
  });

  it('raises the size limit of topics that were made for smaller bodies, so that a large record passes, and keeps their other entries', async () => {
    await ensureTopics(kafka, configWith({}));
    const [events = ''] = names();
    const entry = { name: 'segment.ms', value: '86400000' };
    await admin.alterConfigs({ validateOnly: false, resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: events, configEntries: [entry] }] });
    await waitUntil('the operator\'s entry', async () => (await entriesOf(events))['segment.ms'] === entry.value);
    const before = await entriesOf(events);
    expect(await takes(events, LARGE_BODY_BYTES)).toBe(false);

    const config = configWith({ LOCKSTEP_MAX_BODY_BYTES: String(LARGE_BODY_BYTES) });
    expect(await ensureTopics(kafka, config)).toEqual({ ...unchanged(), raised: names() });
    for (const topic of names()) await waitUntil(`a large record in ${topic}`, () => takes(topic, LARGE_BODY_BYTES));
    expect(await entriesOf(events)).toEqual({ ...before, 'max.message.bytes': String(NEEDED_BYTES) });
    expect(await ensureTopics(kafka, config)).toEqual(unchanged());
    // A smaller cap does not lower the limit: records that are still to be sent may need it.
    expect(await ensureTopics(kafka, configWith({}))).toEqual(unchanged());
  });

  it('refuses topics that were made for smaller bodies when it may not change them, and says what to run', async () => {
    await ensureTopics(kafka, configWith({}));
    const refused: unknown = await ensureTopics(kafka, configWith({ LOCKSTEP_MAX_BODY_BYTES: String(LARGE_BODY_BYTES), KAFKA_CREATE_TOPICS: 'false' })).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StartError);
    expect(refused).toMatchObject({ retriable: false });
    const { message } = refused as StartError;
    expect(message).toContain(`${prefix}events has max.message.bytes=1048576`);
    expect(message).toContain(`LOCKSTEP_MAX_BODY_BYTES=${LARGE_BODY_BYTES} needs ${NEEDED_BYTES}`);
    for (const topic of names()) {
      expect(message).toContain(`kafka-configs.sh --bootstrap-server ${sharedServers().kafkaBrokers} --alter --topic ${topic} --add-config max.message.bytes=${NEEDED_BYTES}`);
    }
    expect((await entriesOf(`${prefix}events`))['max.message.bytes']).toBe('1048576');
  });

  describe('with topics that others have made', () => {
    const createAs = async (entries: Record<string, string>): Promise<void> => {
      await ensureTopics(kafka, configWith({ LOCKSTEP_RETRY_SCHEDULE: '1s' }));
      await admin.deleteTopics({ topics: [`${prefix}events`] });
      await waitUntil('the end of the topic', async () => !(await admin.listTopics()).includes(`${prefix}events`));
      const configEntries = Object.entries({ 'max.message.bytes': '1048588', ...entries }).map(([name, value]) => ({ name, value }));
      await admin.createTopics({ waitForLeaders: false, topics: [{ topic: `${prefix}events`, numPartitions: 2, configEntries }] });
      // The controller answers before the broker that is asked for it knows it.
      await waitUntil('the topic with its settings', async () => (await entriesOf(`${prefix}events`).catch((): Record<string, string> => ({})))['max.message.bytes'] === '1048588');
    };
    const commandFor = (entry: string): string => `kafka-configs.sh --bootstrap-server ${sharedServers().kafkaBrokers} --alter --topic ${prefix}events --add-config ${entry}`;

    it.each([
      [{ 'cleanup.policy': 'compact' }, 'cleanup.policy=delete'],
      [{ 'cleanup.policy': 'compact,delete' }, 'cleanup.policy=delete'],
      [{ 'compression.type': 'zstd' }, 'compression.type=uncompressed'],
      [{ 'min.insync.replicas': '2' }, 'min.insync.replicas=1'],
    ])('refuses %j, and says what to run', async (entries, remedy) => {
      await createAs(entries);
      const refused: unknown = await ensureTopics(kafka, configWith({})).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'topics_unsuitable', retriable: false });
      expect((refused as StartError).message).toContain(commandFor(remedy));
    });

    it('works with settings that only weaken what is promised, and says what follows', async () => {
      await createAs({ 'retention.ms': '60000', 'retention.bytes': '1000000', 'message.timestamp.type': 'LogAppendTime' });
      // LogAppendTime needs no warning: a retry token wakes a lane, and the lane knows its time.
      const { warnings } = await ensureTopics(kafka, configWith({}));
      expect(warnings.map((warning) => warning.split('\n')[1])).toEqual(['retention.ms=604800000', 'retention.bytes=-1', 'compression.type=uncompressed'].map(commandFor));
      expect(warnings[0]).toContain(`${prefix}events keeps records for 1m, and not for 7d`);
    });
  });
});
