import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Kafka, logLevel, type KafkaMessage } from 'kafkajs';
import { mintId, toPublicId } from '#domain/ids';
import { findingsIn } from '#dev/testing/arrivals';
import { Receiver } from '#dev/testing/receiver';
import { type SharedServers, sharedServers } from '#dev/testing/shared-servers';
import { SystemUnderTest } from '#dev/testing/system';
import { waitUntil } from '#dev/testing/wait-until';
import { allDelivered, postRounds } from '../fixtures/rounds.js';

let servers: SharedServers;
let receiver: Receiver;
let system: SystemUnderTest;

beforeAll(() => {
  servers = sharedServers();
});

beforeEach(async () => {
  receiver = await Receiver.start();
});

afterEach(async () => {
  await system.stop();
  await receiver.stop();
});

/** Each entity's rounds arrived in the order in which they were posted. */
function roundsInOrder(): boolean {
  const last = new Map<string, number>();
  return receiver.arrivals.filter(({ attempt, status }) => attempt > 0 && status === 200).every(({ entity, body }) => {
    const { round } = (JSON.parse(body) as { data: { round: number } }).data;
    const inOrder = round >= (last.get(entity) ?? 0);
    last.set(entity, round);
    return inOrder;
  });
}

async function recordsOf(topic: string, count: number): Promise<KafkaMessage[]> {
  const kafka = new Kafka({ brokers: [servers.kafkaBrokers], logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `test-${mintId()}` });
  const records: KafkaMessage[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({ eachMessage: ({ message }) => Promise.resolve(void records.push(message)) });
  try {
    await waitUntil(() => `${count} records on ${topic}, there are ${JSON.stringify(records.map(({ headers }) => headers?.['lockstep-reason']?.toString()))}`, () => records.length >= count);
    return records;
  } finally {
    await consumer.disconnect();
  }
}

async function produce(topic: string, messages: Parameters<ReturnType<Kafka['producer']>['send']>[0]['messages']): Promise<void> {
  const producer = new Kafka({ brokers: [servers.kafkaBrokers], logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
  await producer.send({ topic, messages });
  await producer.disconnect();
}

describe('delivery', () => {
  it('keeps order through retries: 100 entities, 20 events each, first tries failing', async () => {
    system = await SystemUnderTest.start(servers);
    await system.createEndpoint(receiver.url);
    // Half of the events fail their first try, and wait for a timer; one in sixteen its second too, and is on the ladder.
    const failures = (eventId: string): number => (eventId.endsWith('f') ? 2 : Number(`0x${eventId.at(-1) ?? 0}`) % 2);
    receiver.respond = ({ eventId, attempt }) => (attempt <= failures(eventId) ? 500 : 200);
    const accepted = await postRounds(system, 100, 20);
    await allDelivered(receiver, accepted, 45_000);
    expect(findingsIn(receiver.arrivals)).toEqual([]);
    expect(roundsInOrder()).toBe(true);
    expect(receiver.arrivals.length).toBeGreaterThan(accepted.length);
    expect(new Set(receiver.arrivals.map(({ deliveryId }) => deliveryId)).size).toBe(accepted.length);
  });

  it('ends in the dead letters when all attempts fail, and the lane continues', async () => {
    system = await SystemUnderTest.start(servers, { env: { LOCKSTEP_RETRY_SCHEDULE: '100ms,1s' } });
    await system.createEndpoint(receiver.url);
    receiver.respond = ({ body }) => (body.includes('"doomed":true') ? 500 : 200);
    const doomed = await system.post('order-1', { doomed: true });
    const next = await system.post('order-1', { doomed: false });
    await allDelivered(receiver, [next]);
    const attempts = receiver.arrivals.filter(({ eventId }) => eventId === doomed.id);
    expect(attempts.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(findingsIn(receiver.arrivals, { givenUp: new Set([doomed.id]) })).toEqual([]);
    // The receiver can tell a dead letter from a loss.
    expect(receiver.arrivals.at(-1)).toMatchObject({ sequence: 2, previousSequence: 0 });
    const [letter] = await recordsOf(`${system.topicPrefix}dlq`, 1);
    expect(letter?.value?.toString()).toBe(attempts[0]?.body);
    expect(letter?.headers?.['lockstep-reason']?.toString()).toBe('attempts_exhausted');
    expect(await system.call('GET', '/v1/deliveries?status=dead')).toMatchObject({ data: [{ sequence: 1, status: 'dead' }] });
  });

  it('delivers once what Kafka has twice, and parks what it did not write', async () => {
    system = await SystemUnderTest.start(servers);
    await system.createEndpoint(receiver.url);
    const accepted = await postRounds(system, 3, 2);
    await allDelivered(receiver, accepted);
    const events = `${system.topicPrefix}events`;
    const records = await recordsOf(events, accepted.length);
    // A first start takes nothing for lost that is on its way.
    expect(await system.dispatchers[0]?.metric('lockstep_repaired_events_total')).toBe(0);
    const duplicates = (): Promise<number> | undefined => system.dispatchers[0]?.metric('lockstep_duplicate_admissions_total');
    const duplicatesBefore = (await duplicates()) ?? -1;
    const [{ shard } = { shard: 0 }] = await system.query<{ shard: number }>(`select shard from events where id = '${accepted[0]?.id.slice(4) ?? ''}'`);
    const own = records.find(({ headers }) => headers?.['ce_id']?.toString() === accepted[0]?.id);
    const ownHeaders = { ce_id: own?.headers?.['ce_id']?.toString() ?? '' };
    await produce(events, [
      { partition: shard, key: own?.key ?? null, value: own?.value ?? null, headers: ownHeaders },
      { partition: (shard + 1) % 4, key: 'wrong shard', value: 'x', headers: ownHeaders },
      { partition: 0, value: 'no headers, no key' },
      { partition: 1, key: 'k', value: null },
      { partition: 2, key: 'k', value: Buffer.alloc(300_000, 'x') },
      { partition: 3, key: 'k', value: 'y', headers: { ce_id: toPublicId('evt', mintId()) } },
    ]);
    const parked = await recordsOf(`${system.topicPrefix}dlq`, 5);
    expect(parked.map(({ headers }) => headers?.['lockstep-reason']?.toString()).sort())
      .toEqual(['no_event_id', 'no_event_id', 'no_event_id', 'unknown_event', 'wrong_shard']);
    expect(parked.filter(({ headers }) => headers?.['lockstep-truncated'] !== undefined)).toHaveLength(1);
    // The shards continue behind them.
    await allDelivered(receiver, await postRounds(system, 20, 1));
    expect(receiver.arrivals.filter(({ eventId }) => eventId === accepted[0]?.id)).toHaveLength(1);
    expect(findingsIn(receiver.arrivals)).toEqual([]);
    expect(await duplicates()).toBe(duplicatesBefore + 1);
  });

  it('loses nothing and keeps order when the dispatcher is killed in the middle', async () => {
    system = await SystemUnderTest.start(servers);
    await system.createEndpoint(receiver.url);
    receiver.respond = async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return 200;
    };
    const posting = postRounds(system, 50, 12);
    await waitUntil('some deliveries', () => receiver.arrivals.length > 100);
    await system.dispatchers[0]?.signal('SIGKILL');
    system.dispatchers[0]?.start();
    const accepted = await posting;
    await allDelivered(receiver, accepted, 45_000);
    expect(findingsIn(receiver.arrivals, { takeovers: true })).toEqual([]);
    expect(roundsInOrder()).toBe(true);
    const [counts] = await system.query<{ delivered: number; lanes: string; inbox: string }>(
      "select count(*) filter (where status = 'delivered')::int as delivered, (select sum(closed_sequence) from lanes) as lanes, (select count(*) from inbox) as inbox from deliveries");
    expect(counts).toEqual({ delivered: accepted.length, lanes: String(accepted.length), inbox: String(accepted.length) });
  });

  it('shares the shards between two dispatchers, and one takes over from the other', async () => {
    system = await SystemUnderTest.start(servers, { dispatchers: 2 });
    await system.createEndpoint(receiver.url);
    const owners = () => system.query<{ owner: string }>('select distinct owner from shard_leases where owner is not null');
    await waitUntil('both own shards', async () => (await owners()).length === 2);
    const first = await postRounds(system, 40, 5);
    await allDelivered(receiver, first);
    for (const dispatcher of system.dispatchers) expect(await dispatcher.metric('lockstep_deliveries_total{outcome="delivered"}')).toBeGreaterThan(0);
    const posting = postRounds(system, 40, 5);
    expect(await system.dispatchers[1]?.signal('SIGTERM')).toBe(0);
    const second = await posting;
    await allDelivered(receiver, [...first, ...second]);
    // A handover is clean: nothing is sent twice.
    expect(findingsIn(receiver.arrivals)).toEqual([]);
    expect(await owners()).toHaveLength(1);
  });
});
