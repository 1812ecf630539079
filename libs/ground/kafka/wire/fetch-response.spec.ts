import { createRequire } from 'node:module';
import { expect, it } from '@jest/globals';
import { patchKafkajs } from './patch-kafkajs.js';

interface Response {
  readonly decode: (raw: Buffer) => Promise<Decoded>;
}

interface Decoded {
  readonly responses: readonly { readonly partitions: readonly { readonly messages: readonly { readonly offset: string }[] }[] }[];
}

interface Encoder {
  readonly buffer: Buffer;
  writeInt8(value: number): Encoder;
  writeInt16(value: number): Encoder;
  writeInt32(value: number): Encoder;
  writeInt64(value: number): Encoder;
  writeString(value: string): Encoder;
  writeVarInt(value: number): Encoder;
  writeBuffer(value: Buffer): Encoder;
}

const require = createRequire(import.meta.url);
const Encoder = require('kafkajs/src/protocol/encoder.js') as new (size?: number) => Encoder;
const definition = require('kafkajs/src/protocol/requests/fetch/index.js') as { protocol: (negotiated: { version: number }) => (options: object) => { readonly response: Response } };
const theirsOf = (version: number): Response => require(`kafkajs/src/protocol/requests/fetch/v${version}/response.js`) as Response;
const oursOf = (version: number): Response => {
  patchKafkajs();
  return definition.protocol({ version })({ topics: [] }).response;
};

/** Records without key and value, at consecutive offsets. */
function recordsOf(count: number): Buffer {
  return Buffer.concat(Array.from({ length: count }, (_, offsetDelta) => {
    const body = new Encoder(16).writeInt8(0).writeInt8(0).writeVarInt(offsetDelta).writeVarInt(-1).writeVarInt(-1).writeVarInt(0).buffer;
    return Buffer.concat([new Encoder(4).writeVarInt(body.length).buffer, body]);
  }));
}

/** A record batch of format v2. */
function batchOf(baseOffset: number, count: number, records = recordsOf(count)): Buffer {
  const body = new Encoder().writeInt32(0).writeInt8(2).writeInt32(0).writeInt16(0).writeInt32(count - 1).writeInt64(1_700_000_000_000).writeInt64(1_700_000_000_000).writeInt64(-1).writeInt16(-1).writeInt32(-1).writeInt32(count).writeBuffer(records).buffer;
  return new Encoder().writeInt64(baseOffset).writeInt32(body.length).writeBuffer(body).buffer;
}

/** A response of this version about one topic. */
function responseOf(version: number, partitions: readonly Buffer[]): Buffer {
  const response = new Encoder().writeInt32(17);
  if (version >= 7) response.writeInt16(0).writeInt32(5);
  response.writeInt32(1).writeString('orders').writeInt32(partitions.length);
  for (const [partition, batches] of partitions.entries()) {
    response.writeInt32(partition).writeInt16(0).writeInt64(100 + partition).writeInt64(99);
    if (version >= 5) response.writeInt64(3);
    response.writeInt32(1).writeInt64(8).writeInt64(9);
    if (version >= 11) response.writeInt32(-1);
    response.writeInt32(batches.length).writeBuffer(batches);
  }
  return response.buffer;
}

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
