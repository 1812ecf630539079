import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { CloudEvent, HTTP, type Message } from 'cloudevents';
import { Kafka, logLevel } from 'kafkajs';
import { mintId } from '#domain/ids';
import { sharedServers } from '#dev/testing/shared-servers';
import { ADMIN_KEY, SystemUnderTest } from '#dev/testing/system';
import { testModules } from '#dev/testing/test-modules';
import { waitUntil } from '#dev/testing/wait-until';
import { Duplicates } from '#flow/ingest/duplicates';
import { IngestModule } from '#flow/ingest/ingest.module';
import { POSTED } from '#flow/ingest/event-origin';
import { IngestService, type NewEvent } from '#flow/ingest/ingest.service';
import { type Principal, USUAL_INGEST } from '#ground/http/principal';
import { KafkaModule } from '#ground/kafka/kafka.module';

interface Delivered {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

let system: SystemUnderTest;
let server: Server;
let deliveries: Delivered[] = [];
let status = 200;

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      deliveries.push({ headers: request.headers, body: Buffer.concat(chunks) });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  system = await SystemUnderTest.start(sharedServers(), { env: { LOCKSTEP_RETRY_SCHEDULE: '50ms' } });
  await system.createEndpoint(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, { headers: { 'CE-Custom': 'of the endpoint', 'x-custom': 'y' } });
});

afterEach(() => {
  deliveries = [];
  status = 200;
});

afterAll(async () => {
  await system.stop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function post({ headers, body }: { headers: Record<string, string>; body?: string | Uint8Array<ArrayBuffer> }): Promise<{ status: number; id: string; answer: unknown }> {
  const response = await fetch(`${system.gateways[0]?.url ?? ''}/v1/events`, { method: 'POST', headers: { authorization: `Bearer ${ADMIN_KEY}`, ...headers }, ...(body === undefined ? {} : { body }) });
  const answer = (await response.json()) as { id: string };
  return { status: response.status, id: answer.id, answer };
}

async function deliveryOf(id: string): Promise<Delivered> {
  const found = (): Delivered | undefined => deliveries.find(({ headers }) => headers['webhook-id'] === id);
  await waitUntil(() => `the delivery of ${id}, there are ${deliveries.length}`, () => found() !== undefined);
  return found() as Delivered;
}

const sentBy = ({ headers, body }: Message): { headers: Record<string, string>; body: string } => ({ headers: headers as Record<string, string>, body: body as string });

const event = new CloudEvent({ id: mintId(), source: 'https://example.com/orders', type: 'com.example.order.created', subject: 'order-17', time: '2026-01-31T12:00:00.000Z', ext: 'x', data: { amount: 1299 } });

it.each([['binary', HTTP.binary(event)], ['structured', HTTP.structured(event.cloneWith({ id: mintId() }))]] as const)('delivers what the SDK sends in the %s mode so that the SDK reads the same event', async (mode, message) => {
  const sent = sentBy(message);
  const { id, status: accepted } = await post(sent);
  expect(accepted).toBe(202);
  const { headers, body } = await deliveryOf(id);
  expect(body.toString()).toBe(sent.body);
  expect(headers).toMatchObject({ 'lockstep-type': event.type, 'lockstep-entity': 'order-17', 'x-custom': 'y' });
  expect(headers['content-type']).toBe(sent.headers['content-type'] ?? 'application/json');
  const read = HTTP.toEvent({ headers: { ...headers, 'ce-custom': undefined }, body: body.toString() }) as CloudEvent<unknown>;
  expect({ ...read, custom: undefined }).toMatchObject({ source: event.source, type: event.type, subject: event.subject, ext: 'x', data: { amount: 1299 } });
  if (mode === 'structured') expect(headers['ce-id']).toBeUndefined();
});

it('delivers bytes and headers of the binary mode as they came, and shows them in Kafka; a custom header of the endpoint wins', async () => {
  const attributes = { 'ce-specversion': '1.0', 'ce-id': mintId(), 'ce-source': '/a', 'ce-type': 'a.b', 'ce-partitionkey': 'Euro%20%E2%82%AC', 'ce-custom': 'of the producer', 'ce-ext': '50%' };
  const bytes = new Uint8Array(Array.from({ length: 256 }, (_, i) => i));
  const { id } = await post({ headers: { 'content-type': 'application/x-protobuf; v=1', ...attributes }, body: bytes });
  const { headers, body } = await deliveryOf(id);
  expect(body).toEqual(Buffer.from(bytes));
  expect(headers).toMatchObject({ 'content-type': 'application/x-protobuf; v=1', ...attributes, 'ce-custom': 'of the endpoint', 'lockstep-entity': 'Euro%20%E2%82%AC' });
  const consumer = new Kafka({ brokers: [sharedServers().kafkaBrokers], logLevel: logLevel.NOTHING }).consumer({ groupId: `test-${mintId()}` });
  const records: Record<string, unknown>[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic: `${system.topicPrefix}events`, fromBeginning: true });
  await consumer.run({ eachMessage: ({ message }) => {
    if (message.headers?.['ce_id']?.toString() === id) records.push(JSON.parse(message.headers['lockstep-attributes']?.toString() ?? '{}') as Record<string, unknown>);
    return Promise.resolve();
  } });
  await waitUntil(() => 'the record in Kafka', () => records.length > 0);
  await consumer.disconnect();
  expect(records[0]).toEqual(attributes);
});

it('delivers an event without data', async () => {
  const { id } = await post({ headers: { 'ce-specversion': '1.0', 'ce-id': mintId(), 'ce-source': '/a', 'ce-type': 'a.b', 'ce-subject': 'empty' } });
  const { headers, body } = await deliveryOf(id);
  expect(body).toHaveLength(0);
  expect(headers['content-type']).toBe('application/octet-stream');
});

it('delivers the attributes of an event that waited in Postgres, and keeps them with its dead letter', async () => {
  status = 500;
  const attributes = { 'ce-specversion': '1.0', 'ce-id': mintId(), 'ce-source': '/a', 'ce-type': 'a.b', 'ce-subject': mintId() };
  const first = await post({ headers: { 'content-type': 'text/plain', ...attributes, prefer: 'wait=30' }, body: 'first' });
  expect(first).toMatchObject({ status: 200, answer: { status: 'admitted', deliveries: [{ status: 'dead', attemptCount: 2, deadReason: 'attempts_exhausted' }] } });
  status = 200;
  deliveries = [];
  await system.call('POST', `/v1/events/${first.id}/replay`);
  expect((await deliveryOf(first.id)).headers).toMatchObject({ ...attributes, 'lockstep-replay': 'true' });
});

it('answers a request that waits as soon as its event is delivered', async () => {
  const answer = await post({ headers: { 'content-type': 'application/json', prefer: 'wait=30' }, body: JSON.stringify({ type: 'a.b', entity: mintId(), data: 1 }) });
  expect(answer).toMatchObject({ status: 200, answer: { status: 'admitted', deliveries: [{ status: 'delivered', attemptCount: 1, sequence: 1 }] } });
});

it('requeues what a provider sends again for three days, once its deliveries are dead', async () => {
  const provider: Principal = { tenant: 'default', actor: { type: 'key', id: 'key_provider', name: 'Provider' }, scopes: new Set(['ingest']), ingest: { ...USUAL_INGEST, duplicates: 'conflict', resubmit: 'requeue-dead' } };
  const gateway: TestingModule = await testModules(system.databaseUrl, [KafkaModule.forRoot({ clientId: 'test' }), IngestModule], { env: { KAFKA_PARTITIONS: '4', KAFKA_TOPIC_PREFIX: system.topicPrefix } }).compile();
  const posted: NewEvent = {
    tenant: 'default', origin: POSTED, type: 'invoice.paid', entity: mintId(), occurredAt: undefined, idempotencyKey: mintId(), contentType: 'application/json', traceparent: undefined, attributes: undefined, acceptedBy: 'key_provider', payload: Buffer.from('{}'),
  };
  const resend = async (): Promise<unknown> => {
    const { id, replayed } = await gateway.get(IngestService).accept(posted);
    return replayed ? gateway.get(Duplicates).settle(provider, id).catch((error: unknown) => (error as { code: string }).code) : 'new';
  };
  const statusIs = (expected: string): Promise<unknown> => waitUntil(() => `the delivery to be ${expected}`, async () => {
    const rows = await system.query<{ status: string }>(`select d.status from deliveries d join events e on e.id = d.event_id where e.entity = '${posted.entity}'`);
    return rows.length === 1 && rows[0]?.status === expected;
  });
  status = 500;
  expect(await resend()).toBe('new');
  for (let day = 1; day <= 2; day++) {
    await statusIs('dead');
    // Twice at once, and again before the dispatcher has taken it up or while it tries.
    expect((await Promise.all([resend(), resend()])).sort()).toEqual(['conflict', true]);
    await waitUntil(() => 'attempts of the requeued delivery', () => deliveries.filter(({ headers }) => headers['lockstep-type'] === 'invoice.paid').length === 2 + 2 * day);
  }
  await statusIs('dead');
  status = 200;
  expect(await resend()).toBe(true);
  await statusIs('delivered');
  expect(await resend()).toBe('conflict');
  expect(deliveries.filter(({ headers }) => headers['lockstep-type'] === 'invoice.paid').map(({ headers }) => headers['lockstep-attempt'])).toEqual(['1', '2', '3', '4', '5', '6', '7']);
  expect(new Set(deliveries.filter(({ headers }) => headers['lockstep-type'] === 'invoice.paid').map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect(await system.query(`select actor, action from audit_log where action = 'event.requeued'`)).toHaveLength(3);
  await gateway.close();
});

it('keeps the ledger balanced', async () => {
  await waitUntil(() => 'a balanced ledger', async () => ((await system.call('GET', '/v1/ledger')) as { balanced: boolean }).balanced);
});

it('tells in its timeline that an event was posted again', async () => {
  const again = { headers: { 'content-type': 'application/json', 'idempotency-key': mintId() }, body: '{"type":"order.created","entity":"order-18","data":{}}' };
  const { id } = await post(again);
  expect((await post(again)).id).toBe(id);
  const duplicates = async (): Promise<unknown[]> => {
    const response = await fetch(`${system.gateways[0]?.url ?? ''}/v1/events/${id}/timeline`, { headers: { authorization: `Bearer ${ADMIN_KEY}` } });
    return ((await response.json()) as { data: { kind: string }[] }).data.filter(({ kind }) => kind === 'duplicate');
  };
  await waitUntil('the duplicate in the timeline', async () => (await duplicates()).length > 0);
  expect(await duplicates()).toMatchObject([{ by: 'admin', count: 1 }]);
});
