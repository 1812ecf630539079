import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import kafkajs, { type Admin, type Kafka, type Producer } from 'kafkajs';
import pino from 'pino';
import { loadConfig } from '#ground/config/config';
import { sharedServers } from '#dev/testing/shared-servers';
import { waitUntil } from '#dev/testing/wait-until';
import { createKafka } from './client.js';
import type { BatchResult, ShardBatch } from './shard-batch.js';
import { ShardTransport } from './shard-transport.js';
import { ensureTopics } from './ensure-topics.js';

const SHARDS = 4;
const logger = pino({ level: 'silent' });

let kafka: Kafka;
let admin: Admin;
let producer: Producer;
let prefix: string;
let transports: ShardTransport[];

beforeAll(() => {
  const { kafkaBrokers } = sharedServers();
  const { kafka: config } = loadConfig({ DATABASE_URL: 'postgres://x@y/z', KAFKA_BROKERS: kafkaBrokers, LOCKSTEP_SECRET_KEY: 'x'.repeat(32) });
  kafka = createKafka(config, 'test', logger);
});

beforeEach(async () => {
  prefix = `t${randomBytes(5).toString('hex')}.`;
  transports = [];
  await ensureTopics(kafka, configWith({}));
  [admin, producer] = [kafka.admin(), kafka.producer()];
  await Promise.all([admin.connect(), producer.connect()]);
});

afterEach(async () => {
  await Promise.all([...transports.map((transport) => transport.close()), admin.disconnect(), producer.disconnect()]);
});

function configWith(env: Record<string, string>): ReturnType<typeof loadConfig> {
  return loadConfig({
    DATABASE_URL: 'postgres://x@y/z', KAFKA_BROKERS: sharedServers().kafkaBrokers, LOCKSTEP_SECRET_KEY: 'x'.repeat(32),
    KAFKA_PARTITIONS: String(SHARDS), KAFKA_TOPIC_PREFIX: prefix, LOCKSTEP_RETRY_SCHEDULE: '1s', ...env,
  });
}

interface Member {
  readonly transport: ShardTransport;
  readonly assignments: (readonly number[])[];
  readonly fatal: Error[];
  /** How often fetching has recovered after a failure. */
  readonly fetchRecoveries: () => number;
}

/** Opens these of the assigned shards at each assignment: the group may rejoin at any time, and starts paused then. */
type Openings = (assigned: readonly number[]) => (readonly [shard: number, offset: number])[];

const done = (): BatchResult => ({ kind: 'done' });

const all: Openings = (assigned) => assigned.map((shard) => [shard, 0]);

type Handlers = Record<string, (batch: ShardBatch) => BatchResult | Promise<BatchResult>>;

function join(handlers: Handlers, openings: Openings): Member {
  const assignments: (readonly number[])[] = [];
  const fatal: Error[] = [];
  let fetchRecoveries = 0;
  const transport = new ShardTransport({
    kafka, logger, groupId: `${prefix}group`, topicPrefix: prefix, topics: ['events'], quietTopics: ['retry.1s'], shards: SHARDS, sessionTimeoutMs: 6_000, rebalanceTimeoutMs: 6_000, maxRecordBytes: 300_000,
    onFatal: (error) => fatal.push(error),
  });
  transport.onAssigned((shards) => {
    assignments.push(shards);
    for (const [shard, offset] of openings(shards)) transport.open(shard, offset);
  });
  transport.onFetchRecovered(() => (fetchRecoveries += 1));
  for (const [pattern, handler] of Object.entries<Handlers[string]>({ events: done, retry: done, ...handlers })) transport.addHandler(pattern, (batch: ShardBatch) => Promise.resolve(handler(batch)), true);
  transport.joinGroup();
  transports.push(transport);
  return { transport, assignments, fatal, fetchRecoveries: () => fetchRecoveries };
}

const latest = ({ assignments }: Member): readonly number[] => assignments.at(-1) ?? [];
const joined = (member: Member, shards: number): Promise<unknown> => waitUntil(() => `${shards} shards assigned, ${latest(member).length} are`, () => latest(member).length === shards);

async function produce(topic: string, partition: number, values: readonly string[]): Promise<void> {
  await producer.send({ topic: `${prefix}${topic}`, messages: values.map((value) => ({ partition, value })) });
}

async function committed(topic: string, partition: number): Promise<number> {
  const [found] = await admin.fetchOffsets({ groupId: `${prefix}group`, topics: [`${prefix}${topic}`] });
  return Number(found?.partitions.find((entry) => entry.partition === partition)?.offset ?? -1);
}

function inKafkaJs<Module>(file: string): Module {
  return createRequire(import.meta.url)(`kafkajs/src/${file}`) as Module;
}

/** Makes kafkajs' own loop throw this error when it has fetched records. @returns repairs it */
function breakFetchLoop(error: Error): () => void {
  const { prototype } = inKafkaJs<{ prototype: { lastOffset: () => string } }>('consumer/batch.js');
  const { lastOffset } = prototype;
  prototype.lastOffset = () => {
    throw error;
  };
  return () => {
    prototype.lastOffset = lastOffset;
  };
}

describe('ShardTransport', () => {
  it('reads an assigned partition once it is opened, from the given offset', async () => {
    const seen: string[] = [];
    await produce('events', 1, ['a', 'b', 'c']);
    await produce('events', 2, ['never opened']);
    const member = join({ events: ({ shard, records }) => {
      seen.push(...records.map(({ value }) => `${shard}${value?.toString() ?? ''}`));
      return { kind: 'done' };
    } }, () => [[1, 1]]);
    await joined(member, SHARDS);
    await waitUntil('the records from offset 1 on', () => seen.length === 2);
    expect(seen).toEqual(['1b', '1c']);
    await waitUntil('the offset committed, for lag displays', async () => (await committed('events', 1)) === 3);
  });

  it('gives a batch again when its handler throws what would end kafkajs\' consumer', async () => {
    let calls = 0;
    const member = join({ events: () => {
      calls += 1;
      if (calls === 1) throw new TypeError('a bug');
      if (calls === 2) throw new RangeError('another');
      return { kind: 'done' };
    } }, all);
    await joined(member, SHARDS);
    await produce('events', 0, ['x']);
    await waitUntil('the third call', () => calls === 3);
    await waitUntil('the offset', async () => (await committed('events', 0)) === 1);
    expect(member.fatal).toEqual([]);
  });

  it('reports an error that ends the consumer for good', async () => {
    const member = join({ events: () => ({ kind: 'done' }) }, all);
    await joined(member, SHARDS);
    // A TypeError anywhere in kafkajs' own loop ends it with restart: false.
    const repair = breakFetchLoop(new TypeError('broken'));
    try {
      await produce('events', 0, ['x']);
      await waitUntil('the report', () => member.fatal.length === 1);
      expect(member.fatal[0]?.message).toContain('broken');
      expect(member.transport.isMember).toBe(false);
    } finally {
      repair();
    }
  });

  it('is one member when it leaves and rejoins while it joins', async () => {
    let read = 0;
    const member = join({ events: ({ records }) => {
      read += records.length;
      return { kind: 'done' };
    } }, all);
    await produce('events', 0, ['x']);
    // A topic's first moments bring rejoins of their own.
    await waitUntil('the first record', () => read === 1);
    const { prototype } = inKafkaJs<{ prototype: { joinAndSync: () => Promise<void> } }>('consumer/consumerGroup.js');
    const { joinAndSync } = prototype;
    let joins = 0;
    const [joining, gate] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    prototype.joinAndSync = async function (this: unknown) {
      joining.resolve(undefined);
      await gate.promise;
      return joinAndSync.call(this);
    };
    try {
      const repair = breakFetchLoop(new kafkajs.KafkaJSError('as in an outage'));
      await produce('events', 0, ['x']);
      await joining.promise;
      repair();
      joins = member.assignments.length;
      member.transport.leave();
      member.transport.rejoin();
    } finally {
      prototype.joinAndSync = joinAndSync;
      gate.resolve(undefined);
    }
    await waitUntil('two more joins', () => member.assignments.length >= joins + 2);
    expect(member.fatal).toEqual([]);
    member.transport.leave();
    await waitUntil('an empty group', async () => (await admin.describeGroups([`${prefix}group`])).groups[0]?.state === 'Empty');
  });

  it('rejoins when kafkajs gave up because the group had no coordinator for a while', async () => {
    const seen: string[] = [];
    const member = join({ events: ({ records }) => {
      seen.push(...records.map(({ value }) => value?.toString() ?? ''));
      return { kind: 'done' };
    } }, all);
    await joined(member, SHARDS);
    const { KafkaJSGroupCoordinatorNotFound } = inKafkaJs<Record<string, new (message: string) => Error>>('errors.js');
    if (KafkaJSGroupCoordinatorNotFound === undefined) throw new Error('kafkajs has no such error any more');
    const repair = breakFetchLoop(new KafkaJSGroupCoordinatorNotFound('Failed to find group coordinator'));
    try {
      await produce('events', 0, ['x']);
      await waitUntil('the crash', () => !member.transport.isMember);
    } finally {
      repair();
    }
    await waitUntil('the record, by the same member', () => seen.includes('x'));
    expect(member.transport.isMember).toBe(true);
    expect(member.fatal).toEqual([]);
  });

  it('gives the rest of a batch again after a pause', async () => {
    const offsets: number[] = [];
    const member = join({ events: () => ({ kind: 'done' }), retry: ({ firstOffset, records }) => {
      offsets.push(firstOffset);
      return offsets.length === 1 ? { kind: 'pause', fromOffset: 1, durationMs: 100 } : records.length > 0 ? { kind: 'done' } : { kind: 'closed' };
    } }, all);
    await joined(member, SHARDS);
    await produce('retry.1s', 3, ['a', 'b', 'c']);
    await waitUntil('the rest', () => offsets.length === 2);
    expect(offsets).toEqual([0, 1]);
  });

  it('shares the shards, the same ones of every topic, and starts paused after each rebalance', async () => {
    const seen: string[] = [];
    const handlers = (name: string) => ({
      events: ({ shard }: ShardBatch): BatchResult => (seen.push(`${name} events ${shard}`), { kind: 'done' }),
      retry: ({ shard }: ShardBatch): BatchResult => (seen.push(`${name} retry ${shard}`), { kind: 'done' }),
    });
    // After the rebalance, the second of its shards only.
    const first = join(handlers('first'), (assigned) => (assigned.length === SHARDS ? all(assigned) : all(assigned.slice(1))));
    await joined(first, SHARDS);
    const second = join(handlers('second'), all);
    await joined(second, SHARDS / 2);
    await joined(first, SHARDS / 2);
    expect([...latest(first), ...latest(second)].sort()).toEqual([0, 1, 2, 3]);
    for (let shard = 0; shard < SHARDS; shard++) {
      await produce('events', shard, ['x']);
      await produce('retry.1s', shard, ['x']);
    }
    const [closed = -1, opened = -1] = latest(first);
    await waitUntil('what was opened', () => new Set(seen).size === 6);
    expect(seen).not.toContain(`first events ${closed}`);
    expect([...new Set(seen)].filter((line) => line.startsWith('first')).sort()).toEqual([`first events ${opened}`, `first retry ${opened}`]);
    expect([...first.fatal, ...second.fatal]).toEqual([]);
  });

  it.each([['at once', false], ['later', true]])('notices that its topics were deleted and created again %s, and reads them', async (_, later) => {
    const seen: string[] = [];
    const member = join({ events: ({ shard, firstOffset, records }) => {
      seen.push(...records.map(({ value }, i) => `${shard} ${firstOffset + i} ${value?.toString() ?? ''}`));
      return { kind: 'done' };
    } }, all);
    await joined(member, SHARDS);
    await produce('events', 0, ['a', 'b']);
    await waitUntil('the old log', () => seen.length === 2);
    const before = member.assignments.length;
    await admin.deleteTopics({ topics: ['events', 'retry.1s'].map((topic) => `${prefix}${topic}`) });
    if (later) await waitUntil('the consumer notices', () => !member.transport.isMember || member.assignments.length > before);
    await ensureTopics(kafka, configWith({}));
    await waitUntil('noticed', () => member.fetchRecoveries() > 0 || member.assignments.length > before, 40_000);
    // The producer's metadata is of the old topic, too.
    await waitUntil('the new log takes records', () => produce('events', 0, ['c']).then(() => true, () => false));
    await waitUntil('the new log read', () => seen.includes('0 0 c'));
    expect(member.fatal).toEqual([]);
  });

  it('reads records that are larger than a whole fetch, while other partitions have records too', async () => {
    const MEGABYTE = 1_048_576;
    // Above what a fetch asks for: of a partition 1 MiB, of all 2 MiB.
    const large = 'x'.repeat(3 * MEGABYTE);
    const type = kafkajs.ConfigResourceTypes.TOPIC;
    await admin.alterConfigs({ validateOnly: false, resources: [{ type, name: `${prefix}events`, configEntries: [{ name: 'max.message.bytes', value: String(4 * MEGABYTE) }] }] });
    await waitUntil('a topic that takes large records', () => produce('events', 0, [large]).then(() => true, () => false));
    const values = ['a', large, 'b'];
    await Promise.all([0, 1, 2, 3].flatMap((shard) => values.map((value) => produce('events', shard, [value]))));
    const sizes: number[] = [];
    await joined(join({ events: ({ records }) => {
      sizes.push(...records.map(({ value }) => value?.length ?? 0));
      return { kind: 'done' };
    } }, all), SHARDS);
    await waitUntil(() => `${sizes.length} of 13 records`, () => sizes.length === 13);
    expect(sizes.filter((size) => size === large.length)).toHaveLength(5);
  });

  it('refuses to start without exactly one handler for each topic', () => {
    const member = join({}, all);
    member.transport.addHandler('retry', () => Promise.resolve(done()), true);
    expect(() => member.transport.joinGroup()).toThrow('Several handlers for the topic retry.1s');
  });

  it('closes once, also while it joins', async () => {
    const member = join({}, all);
    await Promise.all([member.transport.close(), member.transport.close()]);
    member.transport.rejoin();
    member.transport.leave();
    await waitUntil('no member', async () => ['Dead', 'Empty'].includes((await admin.describeGroups([`${prefix}group`])).groups[0]?.state ?? ''));
    expect(member.assignments).toEqual([]);
    expect(member.fatal).toEqual([]);
  });

  it('leaves the group so that another member gets the shards, and rejoins', async () => {
    const [first, second] = [join({}, () => []), join({}, () => [])];
    await joined(first, SHARDS / 2);
    await joined(second, SHARDS / 2);
    first.transport.leave();
    expect(first.transport.isMember).toBe(false);
    await joined(second, SHARDS);
    first.transport.rejoin();
    await joined(second, SHARDS / 2);
    await waitUntil('both are members', () => first.transport.isMember && second.transport.isMember);
    expect([...latest(first), ...latest(second)].sort()).toEqual([0, 1, 2, 3]);
    expect([...first.fatal, ...second.fatal]).toEqual([]);
  });

  it('does not resolve offsets of a batch whose handler ends after a rebalance', async () => {
    let release: (result: BatchResult) => void = () => undefined;
    let calls = 0;
    const member = join({ events: () => {
      calls += 1;
      return calls === 1 ? new Promise<BatchResult>((resolve) => (release = resolve)) : { kind: 'done' };
    } }, all);
    await joined(member, SHARDS);
    await produce('events', 0, ['x']);
    await waitUntil('the handler at work', () => calls === 1);
    const other = join({ events: () => ({ kind: 'closed' }) }, all);
    release({ kind: 'done' });
    await joined(other, SHARDS / 2);
    await joined(member, SHARDS / 2);
    const [shard = -1] = latest(member);
    await produce('events', shard, ['y']);
    await waitUntil('reading on', () => calls > 1);
    expect(member.fatal).toEqual([]);
  });
});
