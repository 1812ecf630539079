import { createRequire } from 'node:module';
import { beforeAll, expect, it } from '@jest/globals';
import { batchOf, responseOf } from './fixtures/fetched.js';
import { limitFetches } from './fetch-budget.js';
import { patchKafkajs } from './patch-kafkajs.js';

interface Fetched {
  readonly responses: readonly { readonly partitions: readonly { readonly messages: readonly { readonly offset: string }[] }[] }[];
}

interface Broker {
  lookupRequest: unknown;
  fetch(options: object): Promise<Fetched>;
}

const require = createRequire(import.meta.url);
const Broker = require('kafkajs/src/broker/index.js') as new (options: object) => Broker;
const { lookup } = require('kafkajs/src/protocol/requests/index.js') as { lookup: (versions: object) => unknown };
const { Fetch } = require('kafkajs/src/protocol/requests/apiKeys.js') as { Fetch: number };

beforeAll(() => {
  patchKafkajs();
  limitFetches(1_000);
});

/** How many records kafkajs' own broker reads of each partition that a connection answers with. */
async function recordsRead(partitions: readonly Buffer[]): Promise<number[] | undefined> {
  const logger = { namespace: () => logger };
  const send = ({ response }: { response: { decode: (raw: Buffer) => Promise<Fetched> } }): Promise<Fetched> => response.decode(responseOf(11, partitions));
  const broker = new Broker({ connectionPool: { host: 'localhost', port: 9_092, connectionTimeout: 1_000, send }, logger });
  broker.lookupRequest = lookup({ [Fetch]: { minVersion: 4, maxVersion: 11 } });
  return (await broker.fetch({ topics: [] })).responses[0]?.partitions.map(({ messages }) => messages.length);
}

/** A batch that says that it has so many records. */
const announcing = (count: number): Buffer => batchOf(0, count, Buffer.alloc(0));

it('leaves batches with too many records for one fetch to the next one, in each partition in order', async () => {
  const [large, small] = [batchOf(0, 140_000), batchOf(140_000, 10)];
  expect(await recordsRead([Buffer.concat([large, large, small]), small, large])).toEqual([140_000, 10, 0]);
});

it('refuses a batch with too many records by itself, before it is read', async () => {
  await expect(recordsRead([announcing(250_001)])).rejects.toThrow('A batch has 250001 records, and at most 250000 are read');
  await expect(recordsRead([announcing(2_000_000_000)])).rejects.toThrow('A batch has 2000000000 records');
});
