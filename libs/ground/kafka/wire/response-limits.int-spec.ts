import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import { captureLog } from '#dev/testing/log-capture';
import { waitUntil } from '#dev/testing/wait-until';
import { createKafka } from '../client.js';
import { FakeBroker, response, sizeOnly } from './fixtures/fake-broker.js';
import { patchKafkajs } from './patch-kafkajs.js';
import { TopicDescriber } from './topic-describer.js';

interface Connection {
  connect(): Promise<unknown>;
  disconnect(): Promise<unknown>;
  send(exchange: object): Promise<Buffer>;
}

const require = createRequire(import.meta.url);
// kafkajs' own connection: without its retries, which take seconds.
const Connection = require('kafkajs/src/network/connection.js') as new (options: object) => Connection;
const Encoder = require('kafkajs/src/protocol/encoder.js') as new () => object;
const socketFactory = require('kafkajs/src/network/socketFactory.js') as () => unknown;

const API_VERSIONS = 18;
const METADATA = 3;
const logger: object = { namespace: () => logger, debug: () => undefined, warn: () => undefined, error: () => undefined };
const question = {
  request: { apiKey: API_VERSIONS, apiVersion: 0, apiName: 'ApiVersions', encode: () => Promise.resolve(new Encoder()) },
  response: { decode: (raw: Buffer) => Promise.resolve(raw), parse: (decoded: Buffer) => Promise.resolve(decoded) },
};

let broker: FakeBroker;
let connection: Connection | undefined;

afterEach(async () => {
  await connection?.disconnect();
  connection = undefined;
  await broker.stop();
});

async function connected(answer: Parameters<typeof FakeBroker.start>[0]): Promise<Connection> {
  patchKafkajs();
  broker = await FakeBroker.start(answer);
  connection = new Connection({ host: '127.0.0.1', port: broker.port, logger, socketFactory: socketFactory(), requestTimeout: 10_000, connectionTimeout: 10_000 });
  await connection.connect();
  return connection;
}

/** Sends for as long as the other side takes it. */
function flood(socket: Socket): void {
  const bytes = Buffer.alloc(1_048_576);
  const more = (): void => {
    while (socket.write(bytes));
  };
  socket.on('drain', more);
  more();
}

it('a response of two gigabytes is refused before it has come, with the name of the broker', async () => {
  const client = await connected((_request, socket) => {
    socket.write(sizeOnly(2_147_483_647));
    flood(socket);
  });
  await expect(client.send(question)).rejects.toThrow(`What the broker 127.0.0.1:${broker.port} sends cannot be read: it announces a response of 2147483647 bytes, and at most 33554432 are read`);
  await waitUntil('the end of the connection', () => Promise.resolve(broker.openConnections === 0));
});

it.each([
  ['with a negative size', sizeOnly(-4), /announces a response of -4 bytes/],
  ['without a header', Buffer.concat([sizeOnly(2), Buffer.alloc(2)]), /cannot be read/],
])('a response %s ends the connection, and not the process', async (_what, bytes, reason) => {
  const client = await connected((_request, socket) => void socket.write(bytes));
  await expect(client.send(question)).rejects.toThrow(reason);
});

it('a response is read whole after one that broke off with its connection', async () => {
  const payload = Buffer.alloc(1_000, 'a');
  let answers = 0;
  const client = await connected(({ correlationId }, socket) => {
    answers += 1;
    if (answers === 1) socket.end(response(correlationId, payload).subarray(0, 500));
    else socket.write(response(correlationId, payload));
  });
  await expect(client.send(question)).rejects.toThrow('Closed connection');
  await client.disconnect();
  await client.connect();
  expect((await client.send(question)).equals(payload)).toBe(true);
});

it('a description of a topic that leads back into itself is refused', async () => {
  const versions = Buffer.from([0, 0, 0, 0, 0, 1, 0, METADATA, 0, 0, 0, 12, 0, 0, 0, 0]);
  // Two billion tags, of which each has six bytes less than none.
  const metadata = Buffer.from([0xff, 0xff, 0xff, 0xff, 0x07, 0x00, 0xfa, 0xff, 0xff, 0xff, 0x0f]);
  broker = await FakeBroker.start(({ apiKey, correlationId }, socket) => void socket.write(response(correlationId, apiKey === API_VERSIONS ? versions : metadata)));
  const describer = new TopicDescriber(createKafka({ brokers: [`127.0.0.1:${broker.port}`], ssl: false, sasl: undefined }, 'test', captureLog().logger), 'orders');
  await expect(describer.describe()).rejects.toMatchObject({ code: 'ERR_OUT_OF_RANGE' });
  await describer.close();
});
