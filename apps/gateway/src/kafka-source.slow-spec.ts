import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Kafka, Partitioners, type Producer } from 'kafkajs';
import pg from 'pg';
import { captureLog } from '#dev/testing/log-capture';
import { startServers } from '#dev/testing/servers';
import { type SharedServers, sharedServers } from '#dev/testing/shared-servers';
import { SystemUnderTest } from '#dev/testing/system';
import { waitUntil } from '#dev/testing/wait-until';
import { numbered } from '#flow/sources/kafka/fixtures/sources-under-test';
import { eventsOf, storeSource, type StoredSource } from '#flow/sources/kafka/fixtures/stored-source';
import { byEntity, createTopic, recordsOf } from '#flow/sources/kafka/fixtures/topic-content';
import { createKafka } from '#ground/kafka/client';

const KEYS = 12;
const PARTITIONS = 4;

/** Gateways that read a topic, and what writes to it. */
class ReadTopic {
  sent = 0;

  private constructor(
    readonly system: SystemUnderTest,
    readonly store: pg.Pool,
    readonly kafka: Kafka,
    private readonly producer: Producer,
    readonly topic: string,
    readonly source: StoredSource,
  ) {}

  static async start(servers: SharedServers, gateways: number): Promise<ReadTopic> {
    const kafka = createKafka({ brokers: servers.kafkaBrokers.split(','), ssl: false, sasl: undefined }, 'test', captureLog().logger);
    const [admin, producer] = [kafka.admin(), kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, allowAutoTopicCreation: false })];
    await Promise.all([admin.connect(), producer.connect()]);
    const topic = `topic-${randomBytes(5).toString('hex')}`;
    await createTopic(admin, topic, PARTITIONS);
    await admin.disconnect();
    const system = await SystemUnderTest.start(servers, { gateways, dispatchers: 0 });
    const store = new pg.Pool({ connectionString: system.databaseUrl, max: 4 });
    // A server that is stopped ends its sessions.
    store.on('error', () => undefined);
    return new ReadTopic(system, store, kafka, producer, topic, await storeSource(store, { topic, type: 'order.changed' }));
  }

  async stop(): Promise<void> {
    await this.producer.disconnect();
    await this.store.end();
    await this.system.stop();
  }

  async send(count: number): Promise<void> {
    const from = this.sent;
    this.sent += count;
    await this.producer.send({ topic: this.topic, messages: numbered(from, this.sent, (n) => `key-${n % KEYS}`) });
  }

  async stored(): Promise<number> {
    const { rows: [row] } = await this.store.query<{ count: number }>('select count(*)::integer as count from events where accepted_by = $1', [this.source.publicId]);
    return row?.count ?? 0;
  }

  /** Every record is one event, and those of a key are in the topic's order. */
  async mustBeComplete(): Promise<void> {
    const expected = await recordsOf(this.kafka, this.topic);
    expect(new Set(expected.map(({ payload }) => payload)).size).toBe(this.sent);
    await waitUntil(() => `${expected.length} events`, async () => (await this.stored()) >= expected.length, 60_000);
    expect(byEntity(await eventsOf(this.store, this.source))).toEqual(byEntity(expected));
  }

  /** Keeps the statement that stores records waiting. Returns its session, and what lets it go on. */
  async block(): Promise<{ readonly pid: number; readonly release: () => Promise<void> }> {
    const holder = await this.store.connect();
    await holder.query('begin; lock table events in access exclusive mode');
    await this.send(300);
    const pid = await waitUntil('a statement that waits', async () => {
      const { rows: [row] } = await this.store.query<{ pid: number }>(`select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%source_positions%'`);
      return row?.pid;
    });
    return {
      pid,
      release: async () => {
        await holder.query('rollback');
        holder.release();
      },
    };
  }
}

let read: ReadTopic | undefined;

afterEach(async () => {
  await read?.stop();
  read = undefined;
});

describe('a gateway that reads a Kafka topic', () => {
  it('stores each record once, in order, though it is killed before, in and after the statement that stores them', async () => {
    const topic = (read = await ReadTopic.start(sharedServers(), 1));
    const { system, store } = topic;
    const [gateway] = system.gateways;
    await topic.send(500);
    await waitUntil('the first events', async () => (await topic.stored()) === 500);
    const restart = async (): Promise<void> => {
      gateway?.start();
      await gateway?.ready();
    };

    // Before: nothing of the statement is stored.
    const before = await topic.block();
    await gateway?.signal('SIGKILL');
    await store.query('select pg_terminate_backend($1)', [before.pid]);
    await before.release();
    expect(await topic.stored()).toBe(500);
    await restart();
    await topic.mustBeComplete();

    // In: the statement is stored, though its gateway is dead.
    const during = await topic.block();
    await gateway?.signal('SIGKILL');
    await during.release();
    await waitUntil('what the dead gateway has stored', async () => (await topic.stored()) > 800);
    await restart();
    await topic.mustBeComplete();

    // After: while the next records are read.
    const sending = Promise.all(Array.from({ length: 10 }, () => topic.send(200)));
    await waitUntil('more events', async () => (await topic.stored()) > 1_200);
    await gateway?.signal('SIGKILL');
    await sending;
    await restart();
    await topic.mustBeComplete();

    // The answer is lost: Postgres ends the session after it has committed, or before.
    const lost = await topic.block();
    await store.query('select pg_terminate_backend($1)', [lost.pid]);
    await lost.release();
    await topic.mustBeComplete();
  }, 240_000);

  it('shares it with another one, each record once, while they are killed under load', async () => {
    const topic = (read = await ReadTopic.start(sharedServers(), 2));
    const [one, other] = topic.system.gateways;
    let isSending = true;
    const sending = (async () => {
      // Always more than is stored, and never much more: what reads the topic to judge is no faster.
      while (isSending) await (topic.sent < (await topic.stored()) + 2_000 ? topic.send(100) : delay(20));
    })();
    for (const gateway of [one, other, one]) {
      const stored = await topic.stored();
      await waitUntil('events after the last kill', async () => (await topic.stored()) > stored + 500, 60_000);
      await gateway?.signal('SIGKILL');
      gateway?.start();
      await gateway?.ready();
    }
    isSending = false;
    await sending;
    await topic.mustBeComplete();
  }, 240_000);

  it('comes back by itself when brokers and Postgres were away', async () => {
    const servers = await startServers();
    try {
      const topic = (read = await ReadTopic.start(servers, 1));
      const [gateway] = topic.system.gateways;
      await topic.send(200);
      await waitUntil('the first events', async () => (await topic.stored()) === 200);
      await servers.kafka.shutDown();
      await waitUntil('the failure', async () => (await gateway?.metric('lockstep_sources_failing')) === 1, 60_000);
      await servers.kafka.start();
      await topic.send(200);
      await topic.mustBeComplete();
      await servers.postgres.kill();
      await topic.send(200);
      await servers.postgres.start();
      await topic.mustBeComplete();
      // It is looked at every few seconds.
      await waitUntil('the recovery', async () => (await gateway?.metric('lockstep_sources_failing')) === 0);
    } finally {
      await read?.stop();
      read = undefined;
      await servers.stop();
    }
  }, 240_000);
});
