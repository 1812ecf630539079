import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { patchKafkajs } from './patch-kafkajs.js';
import type { ProduceRequest } from './produce-request.js';
import type { KafkaRequest } from './protocol.js';

interface Sent {
  readonly request: KafkaRequest;
  readonly response: { readonly parse: unknown; readonly decode: (raw: Buffer) => Promise<unknown> };
}

interface Broker {
  lookupRequest: unknown;
  produce(request: ProduceRequest): Promise<Sent>;
  alterConfigs(request: object): Promise<Sent>;
}

const require = createRequire(import.meta.url);
const Broker = require('kafkajs/src/broker/index.js') as new (options: object) => Broker;
const { lookup } = require('kafkajs/src/protocol/requests/index.js') as { lookup: (versions: object) => unknown };
const apiKeys = require('kafkajs/src/protocol/requests/apiKeys.js') as { Produce: number; AlterConfigs: number };

/** kafkajs' own broker, with a connection that hands back what it is to send. */
function broker(): Broker {
  const logger = { namespace: () => logger };
  const connectionPool = { host: 'localhost', port: 9_092, connectionTimeout: 1_000, send: (sent: Sent) => Promise.resolve(sent) };
  const made = new Broker({ connectionPool, logger });
  made.lookupRequest = lookup({ [apiKeys.Produce]: { minVersion: 3, maxVersion: 13 }, [apiKeys.AlterConfigs]: { minVersion: 0, maxVersion: 2 } });
  return made;
}

const message = { key: 'default/e', value: Buffer.from('{}'), headers: { ce_id: 'evt_1', 'content-type': 'application/json' } };
const requestWith = (options: object, messageOptions: object = {}): ProduceRequest =>
  ({ acks: -1, timeout: 1, producerId: -1, ...options, topicData: [{ topic: 't', partitions: [{ partition: 1, messages: [{ ...message, ...messageOptions }] }] }] });

const requests = {
  plain: requestWith({}),
  compressed: requestWith({ compression: 1 }),
  transactional: requestWith({ transactionalId: 't' }),
  idempotent: requestWith({ producerId: '7', producerEpoch: 1 }),
  timed: requestWith({}, { timestamp: '1700000000000' }),
};

async function bytesOf({ apiKey, apiVersion, apiName, expectResponse, encode }: KafkaRequest): Promise<unknown> {
  return [apiKey, apiVersion, apiName, expectResponse?.(), (await encode()).buffer.toString('hex')];
}

async function isOurs({ encode }: KafkaRequest): Promise<boolean> {
  // kafkajs returns an Encoder, whose `buffer` is a copy of a part of `buf`.
  const { buf, buffer } = await encode();
  return buf === buffer;
}

// These tests use what kafkajs itself calls. When one fails, kafkajs has changed: read its code before you adapt a patch.
describe('patchKafkajs', () => {
  const before = new Map<string, unknown>();

  beforeAll(async () => {
    jest.spyOn(Date, 'now').mockReturnValue(1_790_000_000_123);
    for (const [kind, request] of Object.entries(requests)) before.set(kind, await bytesOf((await broker().produce(request)).request));
    patchKafkajs();
    patchKafkajs();
  });

  afterAll(() => {
    jest.restoreAllMocks();
  });

  it('is made for this version of kafkajs', () => {
    expect((require('kafkajs/package.json') as { version: string }).version).toBe('2.2.4');
  });

  it.each(Object.keys(requests) as (keyof typeof requests)[])('lets a broker send the same %s request as before', async (kind) => {
    const { request } = await broker().produce(requests[kind]);
    expect(await bytesOf(request)).toEqual(before.get(kind));
    expect(await isOurs(request)).toBe(kind === 'plain');
  });

  it('lets a broker change the listed entries of a topic only', async () => {
    const { request, response } = await broker().alterConfigs({ resources: [{ type: 2, name: 'events', configEntries: [{ name: 'a', value: '1' }] }], validateOnly: false });
    expect([request.apiKey, request.apiVersion, request.apiName]).toEqual([44, 0, 'IncrementalAlterConfigs']);
    const expected = Buffer.concat([
      Buffer.from([0, 0, 0, 1, 2, 0, 6]), Buffer.from('events'),
      Buffer.from([0, 0, 0, 1, 0, 1]), Buffer.from('a'), Buffer.from([0, 0, 1]), Buffer.from('1'),
      Buffer.from([0]),
    ]);
    expect((await request.encode()).buffer.toString('hex')).toBe(expected.toString('hex'));
    const answered = Buffer.concat([Buffer.from([0, 0, 0, 5, 0, 0, 0, 1, 0, 44, 0, 2]), Buffer.from('no'), Buffer.from([2, 0, 6]), Buffer.from('events')]);
    expect(await response.decode(answered)).toEqual({ throttleTime: 5, resources: [{ errorCode: 44, errorMessage: 'no', resourceType: 2, resourceName: 'events' }] });
  });
});
