import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Admin, Producer } from 'kafkajs';
import { parsePublicId } from '#domain/ids';
import { freePort } from '#dev/testing/free-port';
import { captureLog } from '#dev/testing/log-capture';
import { type Servers, startServers } from '#dev/testing/servers';
import { sharedServers } from '#dev/testing/shared-servers';
import { waitUntil } from '#dev/testing/wait-until';
import { createKafka } from '#ground/kafka/client';
import { FakeBroker } from '#ground/kafka/wire/fixtures/fake-broker';
import { SecretBox } from '#ground/secrets/secret-box';
import { numbered, type SourcesGateway, SourcesUnderTest } from './fixtures/sources-under-test.js';
import type { StoredSource } from './fixtures/stored-source.js';
import { createTopic } from './fixtures/topic-content.js';

const USER = { name: 'lockstep', password: 'the right password' };
let test: SourcesUnderTest;
let gateway: SourcesGateway;
let servers: Servers;
/** Where the other cluster asks for a password. */
let guarded: string;
let admin: Admin;
let producer: Producer;
const topic = `topic-${randomBytes(4).toString('hex')}`;
const prefix = `own-${randomBytes(4).toString('hex')}.`;

beforeAll(async () => {
  const port = await freePort();
  guarded = `127.0.0.1:${port}`;
  [test, servers] = await Promise.all([SourcesUnderTest.start(), startServers({ kafkaListeners: [{ name: 'GUARDED', port, advertisedPort: port, user: USER }] })]);
  const kafka = createKafka({ brokers: [servers.kafkaBrokers], ssl: false, sasl: undefined }, 'test', captureLog().logger);
  [admin, producer] = [kafka.admin(), kafka.producer()];
  await Promise.all([admin.connect(), producer.connect()]);
  await createTopic(admin, topic, 1);
  await producer.send({ topic, messages: numbered(0, 5) });
  await test.store.query(`insert into tenants (id) values ('acme')`);
  gateway = await test.gateway({ LOCKSTEP_ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8', KAFKA_TOPIC_PREFIX: prefix });
}, 120_000);

afterAll(async () => {
  await Promise.all([admin.disconnect(), producer.disconnect()]);
  await test.stop();
  await servers.stop();
});

async function setPassword({ id, publicId }: StoredSource, password: string): Promise<void> {
  const sealed = gateway.modules.get(SecretBox, { strict: false }).seal(password, `source-secret/${parsePublicId('src', publicId)}`);
  await test.store.query('with changed as (update sources set updated_at = now() where id = $1 returning id) insert into source_secrets (source, secret) select id, $2 from changed', [id, sealed]);
}

const failureOf = async (source: StoredSource): Promise<string | null> => (await test.stateThat(gateway, source, ({ state }) => state === 'failing')).detail;

describe("a source of another's cluster", () => {
  it('shows a wrong password, and reads with the right one', async () => {
    const source = await test.source({ topic, brokers: [guarded], sasl: { mechanism: 'plain', username: USER.name } }, 'acme');
    expect(await failureOf(source)).toMatch(/auth/i);
    await setPassword(source, USER.password);
    expect(await test.payloads(source, 5)).toHaveLength(5);
    await test.stateThat(gateway, source, ({ state }) => state === 'reading');
    await setPassword(source, 'another password');
    expect(await failureOf(source)).toMatch(/auth/i);
  }, 90_000);

  it('whose brokers take connections and answer nothing delays neither its own change nor the stop of a gateway', async () => {
    let requests = 0;
    const silent = await FakeBroker.start(() => (requests += 1));
    const brokers = [`127.0.0.1:${silent.port}`];
    const other = await test.gateway({ LOCKSTEP_ALLOW_PRIVATE_NETWORKS: '127.0.0.0/8' });
    const source = await test.source({ topic: 'orders', brokers });
    await waitUntil('requests of both gateways', () => Promise.resolve(requests >= 2));
    await test.store.query('update sources set settings = $2 where id = $1', [source.id, JSON.stringify({ topic, brokers: [servers.kafkaBrokers] })]);
    // The silent broker's requests time out later.
    expect(await test.payloads(source, 5, 10_000)).toHaveLength(5);
    const before = requests;
    await test.source({ topic: 'orders', brokers });
    await waitUntil('more requests of both gateways', () => Promise.resolve(requests >= before + 2));
    const stopped = other.stop().then(() => true);
    await waitUntil('the stop', () => Promise.race([stopped, Promise.resolve(undefined)]), 8_000);
    await silent.stop();
  }, 60_000);
});

describe("a source of Lockstep's own cluster", () => {
  it.each([
    ['another tenant', `orders-${prefix}`, 'acme', /only sources of the tenant default/],
    ["Lockstep's own topics", `${prefix}events`, 'default', /own topics/],
    ["Kafka's own topics", '__consumer_offsets', 'default', /own topics/],
  ])('refuses %s, and connections to its brokers by name', async (_what, name, tenant, reason) => {
    // Of a topic that does not exist nothing is known.
    if (!(await test.admin.listTopics()).includes(name)) await test.createTopic(name, 1);
    expect(await failureOf(await test.source({ topic: name }, tenant))).toMatch(reason);
    // A proxy can lie about the cluster's id, and leads to its brokers all the same.
    expect(await failureOf(await test.source({ topic: name, brokers: sharedServers().kafkaBrokers.split(',') }, tenant))).toMatch(/is a broker of Lockstep's own cluster/);
  }, 60_000);
});
