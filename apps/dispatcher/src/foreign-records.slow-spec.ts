import { randomBytes } from 'node:crypto';
import { zstdCompressSync } from 'node:zlib';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import kafkajs, { CompressionTypes, Kafka, logLevel, type Message } from 'kafkajs';
import { mintId, toPublicId } from '#domain/ids';
import { findingsIn } from '#dev/testing/arrivals';
import { Receiver } from '#dev/testing/receiver';
import { type SharedServers, sharedServers } from '#dev/testing/shared-servers';
import { type Accepted, SystemUnderTest } from '#dev/testing/system';
import { type ReadRecord, TopicReader } from '#dev/testing/topic-reader';
import { waitUntil } from '#dev/testing/wait-until';

const SHARDS = 4;
/** Kafka takes a record's own time up to an hour ahead. */
const FAR_FUTURE = String(Date.now() + 3_000_000);
/** What kafkajs takes of a batch that it is to compress. */
interface Encoder {
  readonly buffer: Buffer;
}
// A codec that kafkajs lacks, as other teams' producers have them.
(kafkajs.CompressionCodecs as Record<number, unknown>)[CompressionTypes.ZSTD] = () => ({ compress: (encoder: Encoder) => Promise.resolve(zstdCompressSync(encoder.buffer)) });

let servers: SharedServers;
let receiver: Receiver;
let system: SystemUnderTest;
let kafka: Kafka;

beforeAll(() => {
  servers = sharedServers();
  kafka = new Kafka({ brokers: [servers.kafkaBrokers], logLevel: logLevel.NOTHING });
});


beforeEach(async () => {
  receiver = await Receiver.start();
  system = await SystemUnderTest.start(servers);
  await system.createEndpoint(receiver.url);
});

afterEach(async () => {
  await system.stop();
  await receiver.stop();
});

async function produce(topic: string, messages: readonly Message[], compression?: CompressionTypes): Promise<void> {
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic: `${system.topicPrefix}${topic}`, messages: [...messages], ...(compression === undefined ? {} : { compression }) });
  await producer.disconnect();
}

/** The same on every shard, so that none is spared. */
const onAllShards = (message: Message): Message[] => Array.from({ length: SHARDS }, (_, partition) => ({ ...message, partition }));

const relayed = (): Promise<unknown> => waitUntil('all in Kafka', async () => (await system.query<{ n: number }>('select count(*)::int as n from outbox'))[0]?.n === 0);
const allDelivered = (accepted: readonly Accepted[]): Promise<unknown> =>
  waitUntil(() => `${accepted.length} events delivered, ${receiver.delivered.size} are`, () => accepted.every(({ id }) => receiver.delivered.has(id)));
const foreign = async (reason: string): Promise<number> => (await system.dispatchers[0]?.metric(`lockstep_foreign_records_total{reason="${reason}"}`)) ?? 0;

/** One genuine event of each of a few entities, in Kafka when it resolves. */
async function postGenuine(n: number): Promise<Accepted[]> {
  const accepted = await Promise.all(Array.from({ length: 8 }, (_, i) => system.post(`entity-${i}`, { n })));
  await relayed();
  return accepted;
}

describe('records on `events` that Lockstep did not write', () => {
  const evt = (): string => toPublicId('evt', mintId());
  const large = randomBytes(1_000_000);
  const KINDS: readonly { name: string; reason: string; message: Message; truncated?: boolean; compression?: CompressionTypes }[] = [
    { name: 'no headers and no key', reason: 'no_event_id', message: { key: null, value: 'no headers, no key' } },
    { name: 'neither key, nor headers, nor value', reason: 'no_event_id', message: { key: null, value: null } },
    { name: 'no key', reason: 'unknown_event', message: { key: null, value: 'no key', headers: { ce_id: evt() } } },
    { name: 'an id that is none', reason: 'no_event_id', message: { key: 'k', value: 'x', headers: { ce_id: 'evt_17' } } },
    { name: 'two ids', reason: 'unknown_event', message: { key: 'k', value: 'x', headers: { ce_id: [evt(), evt()] } } },
    { name: '1 MB', reason: 'no_event_id', message: { key: 'k', value: large }, truncated: true },
    { name: '1 MB with an id', reason: 'unknown_event', message: { key: 'k', value: large, headers: { ce_id: evt() } }, truncated: true },
    { name: 'garbage everywhere', reason: 'no_event_id', message: { key: randomBytes(200), value: randomBytes(200), headers: { 'a\0b': randomBytes(50), '': 'x', __proto__: 'y', ce_id: randomBytes(30) } } },
    { name: 'a thousand headers', reason: 'no_event_id', message: { key: 'k', value: 'x', headers: Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`h${i}`, 'x'.repeat(50)])) }, truncated: true },
    { name: 'a time of its own', reason: 'no_event_id', message: { key: 'k', value: 'x', timestamp: FAR_FUTURE } },
    { name: 'compressed as kafkajs can read it', reason: 'no_event_id', message: { key: 'k', value: 'x'.repeat(1_000) }, compression: CompressionTypes.GZIP },
    { name: 'compressed as kafkajs can not read it', reason: 'no_event_id', message: { key: 'k', value: 'x'.repeat(1_000) }, compression: CompressionTypes.ZSTD },
  ];

  it('are counted and parked with the reason, each kind, and what is genuine between them arrives in order', async () => {
    const accepted: Accepted[] = [];
    for (const [i, { message, compression }] of KINDS.entries()) {
      accepted.push(...(await postGenuine(i)));
      await produce('events', onAllShards(message), compression);
    }
    // A genuine event's record, where it does not belong.
    const [{ id, shard } = { id: '', shard: 0 }] = await system.query<{ id: string; shard: number }>('select id, shard from events order by accept_seq limit 1');
    await produce('events', [{ partition: (shard + 1) % SHARDS, key: 'k', value: 'x', headers: { ce_id: toPublicId('evt', id) } }]);
    accepted.push(...(await postGenuine(KINDS.length)));
    await allDelivered(accepted);
    expect(findingsIn(receiver.arrivals)).toEqual([]);

    const reader = await TopicReader.start(kafka, [`${system.topicPrefix}dlq`]);
    await waitUntil(() => `the dead letters; there are ${reader.records.length}`, () => reader.records.length >= KINDS.length * SHARDS + 1);
    await reader.stop();
    const expected = KINDS.flatMap(({ reason, truncated = false }) => Array.from({ length: SHARDS }, () => `${reason} ${truncated}`));
    const seen = reader.records.map(({ headers }: ReadRecord) => `${headers['lockstep-reason']} ${headers['lockstep-truncated'] === 'true'}`);
    expect(seen.sort()).toEqual([...expected, 'wrong_shard false'].sort());
    expect(reader.records.every(({ headers }) => headers['lockstep-topic'] === 'events' && /^\d+$/.test(headers['lockstep-offset'] ?? ''))).toBe(true);
    for (const reason of ['no_event_id', 'unknown_event']) expect(await foreign(reason)).toBe(KINDS.filter((kind) => kind.reason === reason).length * SHARDS);
    expect(await foreign('wrong_shard')).toBe(1);
    expect(await system.call('GET', '/v1/ledger')).toMatchObject({ balanced: true, notAdmitted: 0 });
  });
});

describe('records on the retry ladder and `control` that Lockstep did not write', () => {
  const GARBAGE: readonly Message[] = [
    { key: null, value: null }, { key: null, value: 'x' }, { key: 'k', value: '{}' }, { key: 'k', value: 'null' }, { key: 'k', value: '[1,2]' }, { key: 'k', value: '['.repeat(100_000) + ']'.repeat(100_000) },
    { key: 'k', value: randomBytes(1_000_000) }, { key: 'k', value: '{"eventId":"x","endpoint":1e308,"replay":-1,"attempt":0.5,"epoch":-1,"lane":-1}' },
    // Due in the better part of an hour, by their own word: one that is garbage, and one that looks like a token.
    { key: 'k', value: 'x', timestamp: FAR_FUTURE }, { key: 'k', value: '{"eventId":"x","endpoint":1,"replay":0,"attempt":2,"epoch":1}', timestamp: FAR_FUTURE },
    { key: 'k', value: 'x', headers: { ce_id: 'evt_17', '': '\0' } },
  ];
  const tokens = 2;

  it('are skipped and counted, and tokens behind them are redeemed in time', async () => {
    for (const topic of ['control', 'retry.1s']) for (const message of GARBAGE) await produce(topic, onAllShards(message));
    await produce('retry.1s', onAllShards({ key: 'k', value: 'x'.repeat(1_000) }), CompressionTypes.ZSTD);
    // The second retry waits on the ladder.
    receiver.respond = ({ attempt }) => (attempt <= 2 ? 500 : 200);
    const accepted = await postGenuine(1);
    await allDelivered(accepted);
    expect(findingsIn(receiver.arrivals)).toEqual([]);
    const dispatcher = system.dispatchers[0];
    expect(await dispatcher?.metric('lockstep_retry_tokens_total{result="woken"}')).toBe(accepted.length);
    expect(await dispatcher?.metric('lockstep_foreign_retry_tokens_total')).toBe((GARBAGE.length + 1 - tokens) * SHARDS);
    expect(await dispatcher?.metric('lockstep_retry_tokens_total{result="stale"}')).toBe(tokens * SHARDS);
    // A `control` record is only a nudge to look: an operator's action still takes effect.
    const [endpoint] = ((await system.call('GET', '/v1/endpoints')) as { data: { id: string }[] }).data;
    await system.call('POST', `/v1/endpoints/${endpoint?.id}/pause`);
    const waiting = await postGenuine(2);
    await waitUntil('the lanes blocked', async () => (await dispatcher?.metric('lockstep_lanes{state="blocked"}')) === waiting.length);
    await system.call('POST', `/v1/endpoints/${endpoint?.id}/resume`);
    await allDelivered(waiting);
  });
});
