import { createRequire } from 'node:module';
import type { KafkaRequest, RequestDefinition } from './protocol.js';

/** What kafkajs passes on from `admin.alterConfigs`. */
interface AlterConfigs {
  readonly resources: readonly {
    readonly type: number;
    readonly name: string;
    readonly configEntries: readonly { readonly name: string; readonly value: string }[];
  }[];
  readonly validateOnly: boolean;
}

interface Encoder {
  writeInt8(value: number): Encoder;
  writeString(value: string): Encoder;
  writeBoolean(value: boolean): Encoder;
  writeArray(items: readonly Encoder[]): Encoder;
  readonly buf: Buffer;
  readonly buffer: Buffer;
}

const require = createRequire(import.meta.url);
// Internal files of kafkajs 2.2.4, whose version is pinned. A test fails when kafkajs reads them in another way.
const alterConfigs = require('kafkajs/src/protocol/requests/alterConfigs/index.js') as RequestDefinition<AlterConfigs>;
const Encoder = require('kafkajs/src/protocol/encoder.js') as new () => Encoder;
/** Version 0 of both requests answers in the same form. */
const response: unknown = require('kafkajs/src/protocol/requests/alterConfigs/v0/response.js');

const API_KEY = 44;
const SET = 0;

/**
 * Lets `admin.alterConfigs` change the given entries and no others. kafkajs 2.2.4 only knows the request AlterConfigs,
 * which resets each entry that is not listed; this sends IncrementalAlterConfigs instead (KIP-339, Kafka ≥ 2.3).
 */
export function sendIncrementalAlterConfigs(): void {
  alterConfigs.protocol = () => (options) => ({ request: incrementalAlterConfigs(options), response });
}

/** https://kafka.apache.org/protocol#The_Messages_IncrementalAlterConfigs, version 0 */
function incrementalAlterConfigs({ resources, validateOnly }: AlterConfigs): KafkaRequest {
  return {
    apiKey: API_KEY,
    apiVersion: 0,
    apiName: 'IncrementalAlterConfigs',
    encode: () => Promise.resolve(new Encoder().writeArray(resources.map(encodeResource)).writeBoolean(validateOnly)),
  };
}

function encodeResource({ type, name, configEntries }: AlterConfigs['resources'][number]): Encoder {
  const entries = configEntries.map((entry) => new Encoder().writeString(entry.name).writeInt8(SET).writeString(entry.value));
  return new Encoder().writeInt8(type).writeString(name).writeArray(entries);
}
