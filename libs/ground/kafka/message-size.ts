import kafkajs, { type Admin } from 'kafkajs';
import type { Config } from '#ground/config/config';
import { StartError } from '#ground/process/start-error';
import { KafkaJSProtocolError } from './client.js';
import type { TopicSettings } from './topic-settings.js';

const ENTRY = 'max.message.bytes';

/** Space for the key and headers of a record with the largest body. */
const HEADROOM_BYTES = 65_536;
/** Kafka limits record batches, not records. With less than a megabyte, the relay could send only small batches. */
const MIN_BATCH_BYTES = 1_048_576;
/** A record batch's own header, and a margin for sizes that are not counted to the byte. */
const BATCH_OVERHEAD_BYTES = 5_536;

/** `max.message.bytes` that the topics need: the largest record batch, in bytes. */
export function maxMessageBytes(maxBodyBytes: number): number {
  return Math.max(MIN_BATCH_BYTES, maxBodyBytes + HEADROOM_BYTES);
}

/** What a producer may put into one record batch of these topics, in bytes. */
export function maxBatchBytes(maxBodyBytes: number): number {
  return maxMessageBytes(maxBodyBytes) - BATCH_OVERHEAD_BYTES;
}

interface TopicLimit {
  readonly topic: string;
  readonly bytes: number;
}

/**
 * Makes sure that these topics take the largest record: a broker refuses a larger one, and its shard would wait for it for
 * ever. Raises `max.message.bytes` where it is too low, and changes no other entry.
 * @returns the topics whose limit was too low, and has been raised
 * @throws StartError topics_unsuitable with the command to run: when KAFKA_CREATE_TOPICS is false, or Kafka refuses the change
 */
export async function ensureMessageSize(admin: Admin, { kafka, maxBodyBytes }: Pick<Config, 'kafka' | 'maxBodyBytes'>, settings: ReadonlyMap<string, TopicSettings>): Promise<string[]> {
  const limits: TopicLimit[] = [...settings].map(([topic, entries]) => ({ topic, bytes: Number(entries.get(ENTRY)) }));
  const neededBytes = maxMessageBytes(maxBodyBytes);
  const tooLow = limits.filter(({ bytes }) => bytes < neededBytes);
  const refused = (why: string, cause?: unknown): StartError => new StartError('topics_unsuitable', refusal({ tooLow, neededBytes, maxBodyBytes, why, brokers: kafka.brokers }), { cause });
  if (tooLow.length > 0 && !kafka.createTopics) throw refused('KAFKA_CREATE_TOPICS is false, so Lockstep does not change topics.');
  try {
    for (const { topic } of tooLow) await raise(admin, topic, neededBytes);
  } catch (error) {
    if (!(error instanceof KafkaJSProtocolError) || error.retriable) throw error;
    throw refused(`Kafka does not let Lockstep raise it (${error.type}).`, error);
  }
  return tooLow.map(({ topic }) => topic);
}

async function raise(admin: Admin, topic: string, bytes: number): Promise<void> {
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configEntries: [{ name: ENTRY, value: String(bytes) }] }],
  });
}

interface Refusal {
  readonly tooLow: readonly TopicLimit[];
  readonly neededBytes: number;
  readonly maxBodyBytes: number;
  readonly why: string;
  readonly brokers: readonly string[];
}

function refusal({ tooLow, neededBytes, maxBodyBytes, why, brokers }: Refusal): string {
  const found = tooLow.map(({ topic, bytes }) => `${topic} has ${ENTRY}=${bytes}`).join(', ');
  const commands = tooLow.map(({ topic }) => `kafka-configs.sh --bootstrap-server ${brokers.join(',')} --alter --topic ${topic} --add-config ${ENTRY}=${neededBytes}`);
  return [`${found}; LOCKSTEP_MAX_BODY_BYTES=${maxBodyBytes} needs ${neededBytes}. A record above the limit would stop its shard. ${why} Run:`, ...commands].join('\n');
}
