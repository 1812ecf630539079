import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import type { Kafka } from 'kafkajs';
import type { KafkaRequest } from './protocol.js';

/** What identifies a topic, whatever its name. */
export interface TopicDescription {
  readonly clusterId: string;
  /** A UUID. A topic that is deleted and created again gets another one. */
  readonly topicId: string;
  /** In ascending order. */
  readonly partitions: readonly number[];
}

interface TopicMetadata {
  readonly clusterId: string;
  readonly errorCode: number;
  readonly topicId: string | undefined;
  readonly partitions: readonly number[];
}

interface Encoder {
  writeInt8(value: number): Encoder;
  writeBuffer(value: Buffer): Encoder;
  writeBoolean(value: boolean): Encoder;
  writeUVarInt(value: number): Encoder;
  writeUVarIntString(value: string): Encoder;
  readonly buf: Buffer;
  readonly buffer: Buffer;
}

/** Parts of kafkajs' Broker. */
interface Broker {
  readonly versions: Readonly<Record<number, { readonly maxVersion: number }>> | null;
  readonly connectionPool: { send(exchange: { readonly request: KafkaRequest; readonly response: Response }): Promise<TopicMetadata> };
  metadata(topics: string[]): Promise<{
    readonly clusterId: string | null;
    readonly topicMetadata: readonly { readonly topicErrorCode: number; readonly partitionMetadata: readonly { readonly partitionId: number }[] }[];
  }>;
}

interface Response {
  readonly decode: (raw: Buffer) => Promise<TopicMetadata>;
  readonly parse: (decoded: TopicMetadata) => Promise<TopicMetadata>;
}

/** Parts of kafkajs' Cluster. */
interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  readonly brokerPool: { findConnectedBroker(): Promise<Broker> };
}

const require = createRequire(import.meta.url);
// Internal files of kafkajs 2.2.4, whose version is pinned. A test fails when kafkajs reads them in another way.
const Encoder = require('kafkajs/src/protocol/encoder.js') as new () => Encoder;
const { createErrorFromCode } = require('kafkajs/src/protocol/error.js') as { createErrorFromCode: (code: number) => Error };

const API_KEY = 3;
/** The first with topic ids and without the cluster's authorized operations (KIP-516, Kafka ≥ 2.8). */
const VERSION = 11;
const UNNAMED = Buffer.alloc(16);

/**
 * Asks Kafka for the id of a topic, which kafkajs 2.2.4 does not know: its newest Metadata request is older than topic ids.
 * A broker without them gets kafkajs' request, and the id is made of the cluster's id and the topic's name.
 */
export class TopicDescriber {
  private connecting: Promise<Cluster> | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly topic: string,
  ) {}

  /** @throws KafkaJSProtocolError, such as UNKNOWN_TOPIC_OR_PARTITION; what kafkajs throws while Kafka does not answer */
  async describe(): Promise<TopicDescription> {
    const cluster = await (this.connecting ??= connect(this.kafka));
    try {
      const { errorCode, ...found } = await this.ask(await cluster.brokerPool.findConnectedBroker());
      if (errorCode !== 0) throw createErrorFromCode(errorCode);
      return { ...found, topicId: found.topicId ?? derivedId(found.clusterId, this.topic), partitions: found.partitions.toSorted((a, b) => a - b) };
    } catch (error) {
      // The next question finds brokers anew, since those known may have moved.
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const { connecting } = this;
    this.connecting = undefined;
    await connecting?.then((cluster) => cluster.disconnect()).catch(() => undefined);
  }

  private async ask(broker: Broker): Promise<TopicMetadata> {
    if ((broker.versions?.[API_KEY]?.maxVersion ?? 0) >= VERSION) {
      return broker.connectionPool.send({ request: metadataRequest(this.topic), response: { decode: (raw) => Promise.resolve(decodeMetadata(raw)), parse: (decoded) => Promise.resolve(decoded) } });
    }
    const { clusterId, topicMetadata: [topic] } = await broker.metadata([this.topic]);
    return { clusterId: clusterId ?? '', errorCode: topic?.topicErrorCode ?? 0, topicId: undefined, partitions: topic?.partitionMetadata.map(({ partitionId }) => partitionId) ?? [] };
  }
}

async function connect(kafka: Kafka): Promise<Cluster> {
  const createCluster = Object.getOwnPropertySymbols(kafka).find(({ description }) => description === 'private:Kafka:createCluster');
  if (createCluster === undefined) throw new Error('This kafkajs has no way to create a cluster');
  const create = (kafka as unknown as Record<symbol, (options: { readonly allowAutoTopicCreation: boolean; readonly metadataMaxAge: number }) => Cluster>)[createCluster];
  const cluster = create?.({ allowAutoTopicCreation: false, metadataMaxAge: 300_000 });
  if (cluster === undefined) throw new Error('This kafkajs has no way to create a cluster');
  await cluster.connect();
  return cluster;
}

/** https://kafka.apache.org/protocol#The_Messages_Metadata, version 11, behind the tagged fields of a flexible header. */
function metadataRequest(topic: string): KafkaRequest {
  return {
    apiKey: API_KEY,
    apiVersion: VERSION,
    apiName: 'Metadata',
    encode: () => Promise.resolve(
      new Encoder().writeUVarInt(0)
        .writeUVarInt(2).writeBuffer(UNNAMED).writeUVarIntString(topic).writeUVarInt(0)
        .writeBoolean(false).writeBoolean(false).writeUVarInt(0),
    ),
  };
}

function decodeMetadata(raw: Buffer): TopicMetadata {
  const reader = new FlexibleReader(raw);
  reader.skipTags();
  reader.skip(4);
  for (let brokers = reader.count(); brokers > 0; brokers--) {
    reader.skip(4);
    reader.text();
    reader.skip(4);
    reader.text();
    reader.skipTags();
  }
  const clusterId = reader.text() ?? '';
  reader.skip(4);
  if (reader.count() !== 1) throw new Error('Kafka has not answered about one topic');
  const errorCode = reader.int16();
  reader.text();
  const topicId = reader.uuid();
  reader.skip(1);
  const partitions: number[] = [];
  for (let left = reader.count(); left > 0; left--) {
    reader.skip(2);
    partitions.push(reader.int32());
    reader.skip(8);
    // Replicas, those in sync, those offline.
    for (let lists = 0; lists < 3; lists++) reader.skip(4 * reader.count());
    reader.skipTags();
  }
  return { clusterId, errorCode, topicId, partitions };
}

/** Reads the compact types of Kafka's flexible versions (KIP-482). */
class FlexibleReader {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  skip(bytes: number): void {
    this.at += bytes;
  }

  int16(): number {
    this.at += 2;
    return this.bytes.readInt16BE(this.at - 2);
  }

  int32(): number {
    this.at += 4;
    return this.bytes.readInt32BE(this.at - 4);
  }

  /** Of an array; 0 for none. */
  count(): number {
    return Math.max(this.unsigned() - 1, 0);
  }

  text(): string | undefined {
    const length = this.unsigned() - 1;
    if (length < 0) return undefined;
    this.at += length;
    return this.bytes.toString('utf8', this.at - length, this.at);
  }

  uuid(): string {
    this.at += 16;
    return uuidOf(this.bytes.subarray(this.at - 16, this.at));
  }

  skipTags(): void {
    for (let tags = this.unsigned(); tags > 0; tags--) {
      this.unsigned();
      this.skip(this.unsigned());
    }
  }

  private unsigned(): number {
    for (let value = 0, shift = 0; ; shift += 7) {
      const byte = this.bytes.readUInt8(this.at++);
      value |= (byte & 0x7f) << shift;
      // Never negative: reading could go backwards, and on forever.
      if (byte < 0x80) return value >>> 0;
    }
  }
}

/** The same each time, so that positions are found again. It does not tell a topic from one that replaced it. */
function derivedId(clusterId: string, topic: string): string {
  return uuidOf(createHash('sha256').update(`${clusterId}/${topic}`).digest().subarray(0, 16));
}

function uuidOf(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
