import { createRequire } from 'node:module';
import { expect, it } from '@jest/globals';
import { batchOf, responseOf } from './fixtures/fetched.js';
import { patchKafkajs } from './patch-kafkajs.js';

interface Response {
  readonly decode: (raw: Buffer) => Promise<Decoded>;
}

interface Decoded {
  readonly responses: readonly { readonly partitions: readonly { readonly messages: readonly { readonly offset: string }[] }[] }[];
}

const require = createRequire(import.meta.url);
const definition = require('kafkajs/src/protocol/requests/fetch/index.js') as { protocol: (negotiated: { version: number }) => (options: object) => { readonly response: Response } };
const theirsOf = (version: number): Response => require(`kafkajs/src/protocol/requests/fetch/v${version}/response.js`) as Response;
const oursOf = (version: number): Response => {
  patchKafkajs();
  return definition.protocol({ version })({ topics: [] }).response;
};

const cutOff = batchOf(20, 5);
/** Two batches and a part of a third one; nothing; a message set of before Kafka 0.11 that has no whole message. */
const PARTITIONS = [Buffer.concat([batchOf(10, 3), batchOf(13, 2), cutOff.subarray(0, cutOff.length - 1)]), Buffer.alloc(0), Buffer.alloc(30)];

it.each([4, 5, 6, 7, 8, 9, 10, 11])('reads version %i as kafkajs does', async (version) => {
  const raw = responseOf(version, PARTITIONS);
  const ours = await oursOf(version).decode(raw);
  expect(ours).toEqual(await theirsOf(version).decode(raw));
  expect(ours.responses[0]?.partitions[0]?.messages.map(({ offset }) => offset)).toEqual(['10', '11', '12', '13', '14']);
});

it('reads a batch with more records than a call can have arguments', async () => {
  const raw = responseOf(11, [batchOf(0, 150_000)]);
  await expect(theirsOf(11).decode(raw)).rejects.toThrow('Maximum call stack size exceeded');
  expect((await oursOf(11).decode(raw)).responses[0]?.partitions[0]?.messages).toHaveLength(150_000);
});
